import {Component, onWillUnmount, useEffect} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

// How often a set-up whose dry run goes on is read again.
const REFRESH_MS = 3000;

/**
 * The steps of a set-up: what is done, with a word of what was chosen, and where one
 * is. A step that was reached is opened by a click. No standard widget shows that.
 */
export class ConnectorSetupSteps extends Component {
    static template = "connector_base.SetupSteps";
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        let timer = null;
        useEffect(
            (running) => {
                clearInterval(timer);
                if (running) {
                    timer = setInterval(() => this.refresh(), REFRESH_MS);
                }
            },
            () => [this.props.record.data.match_state === "running"]
        );
        onWillUnmount(() => clearInterval(timer));
    }

    get steps() {
        return this.props.record.data[this.props.name] || [];
    }

    async refresh() {
        const {record} = this.props;
        if (record.resId && !(await record.isDirty())) {
            await record.load();
        }
    }

    async open(step) {
        const {record} = this.props;
        if (!["done", "open"].includes(step.state) || record.data.state === "done") {
            return;
        }
        if (await record.save()) {
            await this.orm.call(record.resModel, "action_open_step", [
                [record.resId],
                step.key,
            ]);
            await record.load();
        }
    }
}

registry.category("fields").add("connector_setup_steps", {
    component: ConnectorSetupSteps,
    supportedTypes: ["json", "jsonb"],
    fieldDependencies: [
        {name: "match_state", type: "selection"},
        {name: "state", type: "selection"},
    ],
});
