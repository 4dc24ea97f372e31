from odoo import api, http
from odoo.http import Response, content_disposition, request
from odoo.modules.registry import Registry


class AuditController(http.Controller):
    """Rows of the audit as a signed file, sent while it is made."""

    @http.route(
        "/connector/audit/export/<int:export_id>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def export(self, export_id):
        export = request.env["connector.audit.export"].browse(export_id).exists()
        if not export:
            return request.not_found()
        export.check_access("read")
        for model in export._models():
            request.env[model].check_access("read")
        # Made now where there is none: what is sent later only reads.
        request.env["connector.signing.key"]._current()
        export._note_export()
        return Response(
            _stream(request.db, request.env.uid, request.env.context, export_id),
            headers=[
                ("Content-Type", "application/x-ndjson; charset=utf-8"),
                ("Content-Disposition", content_disposition("connectors-audit.jsonl")),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )


def _stream(database, uid, context, export_id):
    """The lines, by a cursor of their own: the request's is closed by then."""
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, uid, context)
        yield from env["connector.audit.export"].browse(export_id)._lines()
