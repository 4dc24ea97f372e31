from odoo import http
from odoo.http import content_disposition, request


class ConfigController(http.Controller):
    """The configuration of connections as a ZIP of files."""

    @http.route(
        "/connector/config/export/<int:export_id>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def export(self, export_id):
        request.env["connector.config"]._check_may_move()
        export = request.env["connector.config.export"].browse(export_id).exists()
        if not export:
            return request.not_found()
        export.check_access("read")
        return request.make_response(
            export._content(),
            [
                ("Content-Type", "application/zip"),
                ("Content-Disposition", content_disposition(export._file_name())),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
