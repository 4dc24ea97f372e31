import {registry} from "@web/core/registry";

// What an administrator does on the first day: set a connection up, from the system to
// the dry run, and later from its results to Go. And what a sales person does with a
// record that is not as it should be.

const next = [
    {
        trigger: ".o_form_view button[name=action_next]",
        run: "click",
    },
];

function current(step) {
    return {
        trigger: `.o_connector_setup_steps [data-step=${step}][data-state=current]`,
    };
}

registry.category("web_tour.tours").add("connector_hubspot_setup_begin", {
    steps: () => [
        {
            content: "The empty overview leads to the set-up",
            trigger: ".o_view_nocontent a:contains(Set Up a Connection)",
            run: "click",
        },
        current("system"),
        {
            content: "Without a system there is no next step",
            trigger: ".o_form_view button[name=action_next]",
            run: "click",
        },
        {
            trigger: ".modal .modal-body:contains(Choose the system)",
        },
        {
            trigger: ".modal .btn-primary",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
        {
            trigger: ".o_field_widget[name=provider] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(HubSpot)",
            run: "click",
        },
        {
            content: "It has a name by itself",
            trigger: ".o_field_widget[name=connection_name] input:value(HubSpot)",
        },
        ...next,
        current("credentials"),
        {
            trigger:
                ".o_field_widget[name=credential_ids] .o_data_row:contains(Access Token) .o_data_cell[name=secret]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=credential_ids] [name=secret] input",
            run: "edit simulated-token",
        },
        {
            trigger: ".o_form_view button[name=action_test]",
            run: "click",
        },
        {
            content: "The rights are named",
            trigger:
                ".o_field_widget[name=scope_ids] .o_data_row:contains(crm.objects.deals.read):contains(OK)",
        },
        ...next,
        current("company"),
        ...next,
        current("ownership"),
        {
            trigger:
                ".o_form_view button[name=action_preset]:contains(Odoo Owns Billing)",
            run: "click",
        },
        {
            trigger:
                ".o_form_view button.btn-primary[name=action_preset]:contains(Odoo Owns Billing)",
        },
        {
            content: "The table says what it means",
            trigger:
                ".o_field_widget[name=flow_line_ids] .o_data_row:contains(Products):contains(Made in Odoo)",
        },
        ...next,
        current("values"),
        {
            trigger: ".o_form_view button[name=action_accept_values]",
            run: "click",
        },
        {
            trigger: ".o_form_view:contains(Every value is decided)",
        },
        ...next,
        current("matches"),
        {
            trigger: ".o_form_view button[name=action_match]:contains(Start)",
            run: "click",
        },
        {
            content: "It runs in the background: time to go home",
            trigger: ".o_form_view button[name=action_stop_match]",
        },
    ],
});

registry.category("web_tour.tours").add("connector_hubspot_setup_go", {
    steps: () => [
        {
            content: "What was begun is there",
            trigger: ".o_list_view .o_data_row:contains(HubSpot):contains(Matches)",
        },
        {
            trigger: ".o_list_view .o_data_row .o_data_cell[name=connection_name]",
            run: "click",
        },
        {
            content: "The dry run has ended meanwhile",
            trigger: ".o_form_view .alert:contains(1 exact, 1 to review, 2 new)",
        },
        {
            trigger:
                ".o_field_widget[name=example_ids] .o_data_row:contains(Acme):contains(Exact)",
        },
        ...next,
        current("scope"),
        {
            trigger: ".o_form_view .alert:contains(for 4 records)",
        },
        ...next,
        current("start"),
        {
            content: "The checks are fine",
            trigger:
                ".o_field_widget[name=check_ids] .o_data_row:contains(Credentials):contains(OK)",
        },
        {
            trigger: ".o_form_view button[name=action_go]",
            run: "click",
        },
        {
            trigger: ".modal .btn-primary:contains(Go)",
            run: "click",
        },
        {
            trigger: ".o_connector_overview .o_kanban_record:contains(Connected)",
        },
    ],
});

registry.category("web_tour.tours").add("connector_hubspot_panel", {
    steps: () => [
        {
            trigger: "button[name=action_open_connector_panel]:contains(In sync)",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row:contains(is connected)",
        },
        {
            content: "Who owns each field, with both values",
            trigger: ".modal .nav-link:contains(Who Owns)",
            run: "click",
        },
        {
            trigger:
                ".modal .o_field_widget[name=field_ids] .o_data_row:contains(City):contains(Remote):contains(Berlin)",
        },
        {
            trigger: ".modal .nav-link:contains(Pending)",
            run: "click",
        },
        {
            trigger: ".modal:contains(Nothing waits for this record)",
        },
        {
            content: "It is locked, with a reason",
            trigger: ".modal footer button[name=action_lock]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Under audit",
        },
        {
            trigger:
                ".modal:has(.o_field_widget[name=reason]) footer button[name=action_lock]",
            run: "click",
        },
        {
            content: "The panel says so at once",
            trigger: ".modal .o_data_row:contains(The record is locked: Under audit)",
        },
        {
            trigger: ".modal footer button[name=action_unlock]",
            run: "click",
        },
        {
            trigger: ".modal footer button[name=action_sync_now]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(is read again)",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ],
});
