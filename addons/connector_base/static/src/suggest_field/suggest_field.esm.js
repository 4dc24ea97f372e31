import {AutoComplete} from "@web/core/autocomplete/autocomplete";
import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/**
 * A text with suggestions from the server. Whatever else is typed stands: the list
 * proposes, it doesn't decide.
 */
export class ConnectorSuggestField extends Component {
    static template = "connector_base.SuggestField";
    static components = {AutoComplete};
    static props = {...standardFieldProps, placeholder: {type: String, optional: true}};
    /** Model and method that suggest for a flow and what was typed so far. */
    static suggestModel = "connector.field.map.line";
    static suggestMethod = "";

    setup() {
        this.orm = useService("orm");
    }

    get value() {
        return this.props.record.data[this.props.name] || "";
    }

    /** The flow whose map is edited: of the form around the list of lines. */
    get flowId() {
        const {parent, flow_id: own} = this.props.record.evalContext;
        return (parent && parent.flow_id) || own || false;
    }

    get sources() {
        return [
            {
                placeholder: _t("Loading…"),
                optionSlot: "option",
                options: (typed) => this.suggest(typed),
            },
        ];
    }

    async suggest(typed) {
        const {suggestModel, suggestMethod} = this.constructor;
        const found = this.flowId
            ? await this.orm.call(suggestModel, suggestMethod, [this.flowId, typed])
            : [];
        const options = found.map((row) => ({
            label: row.label,
            data: row,
            onSelect: () => this.choose(row.value),
        }));
        if (typed && !found.some((row) => row.value === typed)) {
            options.push({
                label: _t("Use “%s” as it is", typed),
                data: {label: _t("Use “%s” as it is", typed), value: ""},
                onSelect: () => this.choose(typed),
            });
        }
        return options;
    }

    choose(value) {
        return this.props.record.update({[this.props.name]: value.trim()});
    }

    onChange({inputValue}) {
        if (inputValue !== this.value) {
            this.choose(inputValue);
        }
    }
}

export class ConnectorRemotePath extends ConnectorSuggestField {
    static suggestMethod = "suggest_paths";
}

export class ConnectorTarget extends ConnectorSuggestField {
    static suggestMethod = "suggest_targets";
}

export class ConnectorRecord extends ConnectorSuggestField {
    static suggestModel = "connector.map.preview";
    static suggestMethod = "suggest_records";
}

registry.category("fields").add("connector_record", {
    component: ConnectorRecord,
    displayName: _t("Remote Record"),
    supportedTypes: ["char"],
    extractProps: ({placeholder}) => ({placeholder}),
});

registry.category("fields").add("connector_remote_path", {
    component: ConnectorRemotePath,
    displayName: _t("Remote Field"),
    supportedTypes: ["char"],
    extractProps: ({placeholder}) => ({placeholder}),
});

registry.category("fields").add("connector_target", {
    component: ConnectorTarget,
    displayName: _t("Odoo Field"),
    supportedTypes: ["char"],
    extractProps: ({placeholder}) => ({placeholder}),
});
