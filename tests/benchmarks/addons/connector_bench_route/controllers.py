from odoo import http
from odoo.http import request


class EmptyRoute(http.Controller):
    # The same settings as the webhook's.
    @http.route(
        "/connector_bench_route/empty",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def empty(self, **_query):
        return request.make_response("")

    # The same settings as those of the read API.
    @http.route(
        "/connector_bench_route/empty_get",
        type="http",
        auth="none",
        methods=["GET"],
        csrf=False,
        save_session=False,
    )
    def empty_get(self, **_query):
        return request.make_response("")
