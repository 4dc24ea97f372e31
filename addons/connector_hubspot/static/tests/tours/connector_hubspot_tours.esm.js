import {registry} from "@web/core/registry";

// What a finance user does on the first day: look at the overview, look behind a
// number, ask a company why it is as it is, and decide an open question.

registry.category("web_tour.tours").add("connector_hubspot_overview", {
    steps: () => [
        {
            content: "The card of the connection shows that it runs",
            trigger: ".o_connector_overview .o_kanban_record:contains(Connected)",
        },
        {
            content: "Each flow says how old its data are",
            trigger: ".o_connector_overview .o_kanban_record a:contains(Companies)",
        },
        {
            content: "The number in sync opens the records behind it",
            trigger: ".o_connector_overview a[name=action_open_synced]",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Acme)",
        },
    ],
});

registry.category("web_tour.tours").add("connector_hubspot_why", {
    steps: () => [
        {
            content: "The company shows that it lives in other systems, too",
            trigger: "button[name=action_open_connector_panel]:contains(In sync)",
            run: "click",
        },
        {
            content: "Why it is as it is",
            trigger: ".modal .o_data_row:contains(was last taken over)",
        },
        {
            trigger: ".modal .o_data_row:contains(up to date)",
        },
        {
            content: "Its id at the vendor",
            trigger:
                ".modal .o_field_widget[name=binding_ids] .o_data_row:contains(120)",
        },
        {
            content: "Who owns each field",
            trigger: ".modal .nav-link:contains(Who Owns)",
            run: "click",
        },
        {
            trigger:
                ".modal .o_data_row:contains(Name):contains(Acme):contains(Remote)",
        },
        {
            content: "The trail",
            trigger: ".modal .nav-link:contains(Trail)",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row:contains(Created)",
        },
        {
            trigger: ".modal .btn:contains(Close)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ],
});

registry.category("web_tour.tours").add("connector_hubspot_decide", {
    steps: () => [
        {
            content: "One line for the one cause",
            trigger: ".o_data_row:contains(Presentation scheduled) .o_data_cell",
            run: "click",
        },
        {
            content: "What to do stands there",
            trigger: ".o_form_view:contains(Choose what the value means in Odoo)",
        },
        {
            trigger: "button[name=action_accept_suggestion]",
            run: "click",
        },
        {
            content: "The decision is taken and the suggestion gone",
            trigger: ".o_form_view:not(:has(button[name=action_accept_suggestion]))",
        },
    ],
});

// What an operator does with a dead letter: look at it, try it out, replay it.

registry.category("web_tour.tours").add("connector_hubspot_dead_letter", {
    steps: () => [
        {
            content: "The job says what went wrong",
            trigger: ".o_form_view .alert-danger:contains(HubSpot)",
        },
        {
            content: "Its payload can be read",
            trigger: ".o_form_view .nav-link:contains(Payload)",
            run: "click",
        },
        {
            trigger:
                ".o_form_view .o_field_widget[name=payload_text]:contains(remote_ids)",
        },
        {
            content: "What would it write?",
            trigger: ".o_form_view button:contains(Dry Run)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=summary]:contains(Dead Letter)",
        },
        {
            trigger: ".modal footer button:contains(Dry Run)",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row:contains(Updated):contains(Paris)",
        },
        {
            content: "Let it go",
            trigger: ".modal footer button:contains(Replay)",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Back in the queue)",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ],
});
