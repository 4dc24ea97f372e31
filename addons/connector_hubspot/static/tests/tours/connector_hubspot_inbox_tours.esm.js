import {registry} from "@web/core/registry";

// What a finance user does in the inbox: one decision for all records of a cause, with
// a look at the difference first.

registry.category("web_tour.tours").add("connector_hubspot_bulk_fix", {
    steps: () => [
        {
            content: "Five records are one line",
            trigger: ".o_data_row:contains(Name is empty):contains(5) .o_data_cell",
            run: "click",
        },
        {
            content: "What happened, how to fix it, the preview, the records",
            trigger:
                ".o_form_view:contains(Fix It):contains(Preview):contains(Correct the value)",
        },
        {
            trigger: ".o_form_view .o_statusbar_buttons button[name=action_fix]",
            run: "click",
        },
        {
            content: "The fix that fits best is chosen",
            trigger:
                ".modal .o_field_widget[name=explanation]:contains(Takes your value)",
        },
        {
            trigger: ".modal .o_field_widget[name=right_value] input",
            run: "edit Name Unknown",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Sales will ask for it",
        },
        {
            content: "What would it change?",
            trigger: ".modal footer button[name=action_preview]",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row:contains(Would be created):contains(Rome)",
        },
        {
            content: "Nothing has been written, and all are meant",
            trigger: ".modal:contains(Shown are 3 of 5 records)",
        },
        {
            trigger: ".modal footer button[name=action_apply]:contains(Fix and Retry)",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(5 records are tried again)",
        },
        {
            content: "How far it is stands on top",
            trigger: ".o_form_view .alert-info:contains(0 of 5 done)",
        },
    ],
});

registry.category("web_tour.tours").add("connector_hubspot_ignore", {
    steps: () => [
        {
            trigger:
                ".o_data_row:contains(Name is empty) .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_control_panel button:contains(Ignore)",
            run: "click",
        },
        {
            content: "Nothing is ignored without a reason",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Test records of theirs",
        },
        {
            trigger: ".modal footer button[name=action_apply]:contains(Ignore)",
            run: "click",
        },
        {
            content: "The inbox is empty and says so",
            trigger: ".o_view_nocontent:contains(Nothing waits for a decision)",
        },
    ],
});
