import {registry} from "@web/core/registry";

// A field map on its way from a draft to the active version, by two people.

// A map of deals with nothing but a name.
const FILE = {
    format: 1,
    provider: "hubspot",
    stream: "deals",
    entity: "opportunity",
    lines: [{remote_path: "properties.dealname", target: "name"}],
};

function choose(input, content) {
    const transfer = new DataTransfer();
    transfer.items.add(new File([JSON.stringify(content)], "deals.json"));
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", {bubbles: true}));
}

const LINE = ".o_field_widget[name=line_ids] .o_data_row:contains(deal_currency_code)";

registry.category("web_tour.tours").add("connector_hubspot_map_draft", {
    steps: () => [
        {
            trigger: ".o_form_view button[name=action_new_draft]",
            run: "click",
        },
        {
            content: "A new draft says the same",
            trigger:
                ".o_form_view .oe_title:contains(Deals v2):contains(Says the same as)",
        },
        {
            trigger: `${LINE} [name=default_value]`,
            run: "click",
        },
        {
            trigger: ".o_selected_row .o_field_widget[name=default_value] input",
            run: "edit EUR",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The header says what changes, and whose it is to approve",
            trigger: ".o_form_view .oe_title:contains(1 line changed)",
        },
        {
            trigger:
                ".o_form_view .alert-warning:contains(For finance):contains(Currency)",
        },
        {
            trigger: ".o_form_view .nav-link:contains(What Changes)",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=difference_html] tr:contains(Changed):contains(If Empty):contains(EUR)",
        },
        {
            trigger: ".o_form_view button[name=action_submit]",
            run: "click",
        },
        {
            content: "Who submitted it doesn't approve it",
            trigger: ".o_form_view .alert-info:contains(You submitted it)",
        },
        {
            trigger:
                ".o_form_view:not(:has(button[name=action_approve])) button[name=action_withdraw]",
        },
    ],
});

registry.category("web_tour.tours").add("connector_hubspot_map_send_back", {
    steps: () => [
        {
            trigger: ".o_form_view .alert-warning:contains(Waits for your approval)",
        },
        {
            trigger: ".o_form_view button[name=action_reject]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit Not before the new year",
        },
        {
            trigger: ".modal button[name=action_reject]",
            run: "click",
        },
        {
            trigger: ".o_form_view .alert-danger:contains(Not before the new year)",
        },
    ],
});

registry.category("web_tour.tours").add("connector_hubspot_map_submit", {
    steps: () => [
        {
            trigger: ".o_form_view .alert-danger:contains(Not before the new year)",
        },
        {
            trigger: ".o_form_view button[name=action_submit]",
            run: "click",
        },
        {
            trigger:
                ".o_form_view:not(:has(.alert-danger)) button[name=action_withdraw]",
        },
    ],
});

registry.category("web_tour.tours").add("connector_hubspot_map_approve", {
    steps: () => [
        {
            trigger: ".o_form_view .alert-warning:contains(Waits for your approval)",
        },
        {
            content: "What is approved is there to be read",
            trigger: ".o_form_view .nav-link:contains(What Changes)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=difference_html] tr:contains(EUR)",
        },
        {
            trigger: ".o_form_view button[name=action_approve]",
            run: "click",
        },
        {
            trigger:
                ".o_form_view:not(:has(button[name=action_activate])) .o_arrow_button_current:contains(Approved)",
        },
    ],
});

registry.category("web_tour.tours").add("connector_hubspot_map_activate", {
    steps: () => [
        {
            trigger: ".o_form_view button[name=action_activate]",
            run: "click",
        },
        {
            trigger: ".modal .btn:contains(Activate)",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_arrow_button_current:contains(Active)",
        },
        {
            content: "Any two versions are compared",
            trigger: ".o_form_view button[name=action_compare]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=difference_html] tr:contains(EUR)",
        },
        {
            trigger: ".modal .btn:contains(Close)",
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.modal)) .o_form_view button[name=action_roll_back]",
            run: "click",
        },
        {
            trigger: ".modal .btn:contains(Roll Back)",
            run: "click",
        },
        {
            content: "The version before is active again",
            trigger: ".o_form_view .oe_title:contains(Deals v1)",
        },
        {
            trigger: ".o_form_view .o_arrow_button_current:contains(Active)",
        },
    ],
});

registry.category("web_tour.tours").add("connector_hubspot_map_import", {
    steps: () => [
        {
            trigger: ".o_form_view button[name=action_import_map]",
            run: "click",
        },
        {
            content: "A file of another flow is refused in one message",
            trigger: ".modal input[type=file]:not(:visible)",
            run: ({anchor}) => choose(anchor, {...FILE, stream: "contacts"}),
        },
        {
            trigger: ".modal .alert-danger:contains(contacts)",
        },
        {
            trigger: ".modal:not(:has(button[name=action_import]))",
        },
        {
            trigger: ".modal input[type=file]:not(:visible)",
            run: ({anchor}) => choose(anchor, FILE),
        },
        {
            content: "What it would change is seen before it is made",
            trigger:
                ".modal .o_field_widget[name=difference_html] tr:contains(Removed)",
        },
        {
            trigger: ".modal button[name=action_import]",
            run: "click",
        },
        {
            trigger:
                ".o_form_view .oe_title:contains(Deals v2):contains(17 lines removed)",
        },
    ],
});
