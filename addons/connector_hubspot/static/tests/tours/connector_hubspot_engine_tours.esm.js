import {registry} from "@web/core/registry";

// What an operator does with the engine: lanes, what came in, what goes out, and a
// system that is down.

registry.category("web_tour.tours").add("connector_hubspot_lane", {
    steps: () => [
        {
            content: "The lane of bulk work is paused",
            trigger: ".o_data_row:contains(Bulk) button[name=action_pause]",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Bulk) .badge:contains(Paused)",
        },
        {
            trigger: ".o_data_row:contains(Bulk) .o_data_cell[name=code]",
            run: "click",
        },
        {
            content: "The form says what that means",
            trigger: ".o_form_view .alert-warning:contains(until the lane is resumed)",
        },
        {
            content: "It gets a second worker",
            trigger: ".o_form_view .o_field_widget[name=workers] input",
            run: "edit 2",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved, .o_form_view:not(:has(.o_form_dirty))",
        },
        {
            trigger: ".o_form_view button[name=action_resume]",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_pause]",
        },
    ],
});

registry.category("web_tour.tours").add("connector_hubspot_event", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(Dead Letter):contains(did not answer)",
        },
        {
            trigger: ".o_data_row button[name=action_process_again]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(processed again)",
        },
        {
            trigger: ".o_data_row .badge:contains(Waiting)",
        },
    ],
});

registry.category("web_tour.tours").add("connector_hubspot_change_waits", {
    steps: () => [
        {
            content: "The card counts what waits to go out",
            trigger: ".o_connector_overview a[name=action_open_outgoing]:contains(1)",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Acme):contains(City):contains(Waiting)",
        },
    ],
});

registry.category("web_tour.tours").add("connector_hubspot_change_gone", {
    steps: () => [
        {
            trigger: ".o_view_nocontent:contains(Nothing waits to go out)",
        },
    ],
});

registry.category("web_tour.tours").add("connector_hubspot_circuit", {
    steps: () => [
        {
            content: "The card says that the system is down",
            trigger: ".o_connector_overview .alert:contains(HubSpot is down since)",
        },
        {
            content: "Its jobs wait, and the lane's number opens them",
            trigger:
                ".o_connector_overview a[name=action_open_lane_jobs]:contains(Default)",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Pull HubSpot)",
        },
        {
            trigger: ".o_back_button, .breadcrumb-item a:contains(Overview)",
            run: "click",
        },
        {
            trigger: ".o_connector_overview .o_kanban_record .fs-4",
            run: "click",
        },
        {
            trigger: ".o_form_view .alert-danger button[name=action_look_now]",
            run: "click",
        },
        {
            content: "When it looks is now, not in years",
            trigger: ".o_form_view .alert-danger:not(:contains(2100))",
        },
    ],
});

registry.category("web_tour.tours").add("connector_hubspot_conflict", {
    steps: () => [
        {
            content: "What both agreed on, what Odoo has and what HubSpot has",
            trigger:
                ".o_data_row:contains(Berlin):contains(Lyon):contains(Nice)" +
                " button[name=action_take_theirs]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(carried out in the background)",
        },
        {
            trigger: ".o_data_row:contains(Nice) .badge:contains(Remote)",
        },
        {
            content: "Countries are called by their names",
            trigger: ".o_data_row:contains(Germany):contains(France):contains(Italy)",
        },
        {
            trigger: ".o_data_row:contains(69001) button[name=action_keep_ours]",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(69001) .badge:contains(Odoo)",
        },
        {
            trigger: ".o_data_row:contains(France) .o_data_cell[name=label]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=item_id] a",
            run: "click",
        },
        {
            content: "All fields of the record that are in conflict",
            trigger:
                ".o_form_view [name=conflict] .o_data_row:contains(France):contains(Italy)",
        },
        {
            trigger: "[name=conflict] .o_data_row:contains(noon)",
        },
        {
            trigger: "button[name=action_take_all_theirs]",
            run: "click",
        },
        {
            trigger:
                "[name=conflict] .o_data_row:contains(France) .badge:contains(Remote)",
        },
    ],
});

registry.category("web_tour.tours").add("connector_hubspot_lock", {
    steps: () => [
        {
            trigger: ".o_form_view button[name=action_lock]",
            run: "click",
        },
        {
            content: "There is no lock without a reason",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit In dispute until May",
        },
        {
            trigger: ".modal footer button[name=action_lock]",
            run: "click",
        },
        {
            trigger: ".o_form_view .alert-warning:contains(In dispute until May)",
        },
        {
            trigger: ".o_form_view button[name=action_unlock]",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_lock]",
        },
    ],
});
