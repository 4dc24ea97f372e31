import {registry} from "@web/core/registry";

// What sales operations do with a new version of a field map: see what doesn't fit,
// choose fields by their names, try it on a record, and count what would change.

registry.category("web_tour.tours").add("connector_hubspot_map_try", {
    steps: () => [
        {
            content: "A line shows a value from a real record",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(Berlin)",
        },
        {
            content: "A new line",
            trigger: ".o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "The vendor's fields are suggested by their labels",
            trigger: ".o_selected_row .o_field_widget[name=remote_path] input",
            run: "edit Annual",
        },
        {
            trigger:
                ".o_connector_suggestions .dropdown-item:contains(annualrevenue):contains(a number)",
            run: "click",
        },
        {
            content: "So are the fields of Odoo",
            trigger: ".o_selected_row .o_field_widget[name=target] input",
            run: "edit color",
        },
        {
            trigger:
                ".o_connector_suggestions .dropdown-item:contains(odoo.color):contains(integer)",
            run: "click",
        },
        {
            content: "What doesn't quite fit is said at once",
            trigger: ".o_selected_row:contains(Numbers with decimals will be held)",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Try it on a record",
            trigger:
                "body:not(:has(.o_form_button_save:visible)) button[name=action_preview]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=remote_id] input",
            run: "edit Acm",
        },
        {
            trigger: ".o_connector_suggestions .dropdown-item:contains(Acme)",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_show]",
            run: "click",
        },
        {
            content: "Both sides, and what would be written",
            trigger:
                ".modal .o_data_row:contains(properties.annualrevenue):contains(Written)",
        },
        {
            trigger: ".modal .alert:contains(Nothing has been written)",
        },
        {
            trigger: ".modal .btn:contains(Close)",
            run: "click",
        },
        {
            content: "Count what would change",
            trigger: "body:not(:has(.modal)) button[name=action_count_impact]",
            run: "click",
        },
        {
            trigger: ".alert:contains(1 of the last 1 records would change)",
        },
    ],
});
