import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {session} from "@web/session";
import {useService} from "@web/core/utils/hooks";

/**
 * A bar on every page while connections are not armed for this database. What it says
 * came with the session: nothing is asked for it, and it isn't there when all is well.
 */
export class ConnectorCopyBanner extends Component {
    static template = "connector_base.CopyBanner";
    static props = {};

    setup() {
        this.action = useService("action");
        this.banner = session.connector_copy_banner;
    }

    decide() {
        return this.action.doAction(this.banner.action);
    }
}

if (session.connector_copy_banner) {
    registry.category("main_components").add("connector_base.CopyBanner", {
        Component: ConnectorCopyBanner,
    });
}
