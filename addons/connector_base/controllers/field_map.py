from odoo import http
from odoo.http import content_disposition, request


class FieldMapController(http.Controller):
    """A version of a field map as a file."""

    @http.route(
        "/connector/field_map/<int:map_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def export(self, map_id):
        field_map = request.env["connector.field.map"].browse(map_id).exists()
        field_map._check_editor()
        if not field_map:
            return request.not_found()
        field_map.check_access("read")
        return request.make_response(
            field_map._export_text(),
            [
                ("Content-Type", "application/json; charset=utf-8"),
                (
                    "Content-Disposition",
                    content_disposition(field_map._export_name()),
                ),
            ],
        )
