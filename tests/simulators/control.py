"""The control endpoint shared by all simulators: no authentication, JSON both ways.

GET  /_control/state                      counts of the vendor's records
GET  /_control/requests                   counters by path template, last requests
POST /_control/requests/clear
GET  /_control/faults                     the faults still standing
POST /_control/faults                     {"kind": "status", "status": 502, ...}
POST /_control/faults/clear               {"id": 3} or {} for all
POST /_control/down, /_control/up         begin and end an outage
GET  /_control/clock                      {"now": ISO, "now_ms": number}
POST /_control/clock                      {"stop": ISO, ms or true} or
                                          {"advance": seconds} or {"resume": true}
"""

from .clock import iso
from .routing import Route


def routes(simulator):
    """The control routes of any simulator."""

    def requests(_request):
        return simulator.requests.describe()

    def clear_requests(_request):
        simulator.requests.clear()

    def faults(_request):
        return {"faults": simulator.faults.list()}

    def add_fault(request):
        return simulator.faults.add(**request.json()).describe()

    def clear_faults(request):
        simulator.faults.clear(request.json().get("id"))

    def state(_request):
        return {
            "vendor": simulator.vendor,
            "down": simulator.is_down,
            "crashes": len(simulator.crashes),
            **simulator.state(),
        }

    def clock(_request):
        now = simulator.clock.now_ms()
        return {"now": iso(now), "now_ms": now}

    def move_clock(request):
        order = request.json()
        if "stop" in order:
            at = order["stop"]
            simulator.clock.stop(None if at is True else at)
        if "advance" in order:
            simulator.clock.advance(float(order["advance"]))
        if order.get("resume"):
            simulator.clock.resume()
        return clock(request)

    return [
        Route("GET", "/_control/state", state),
        Route("GET", "/_control/requests", requests),
        Route("POST", "/_control/requests/clear", clear_requests),
        Route("GET", "/_control/faults", faults),
        Route("POST", "/_control/faults", add_fault),
        Route("POST", "/_control/faults/clear", clear_faults),
        Route("POST", "/_control/down", lambda _request: simulator.down()),
        Route("POST", "/_control/up", lambda _request: simulator.up()),
        Route("GET", "/_control/clock", clock),
        Route("POST", "/_control/clock", move_clock),
    ]


def posts(handlers):
    """Routes of POSTs by name; a handler is given the JSON body."""
    return [
        Route(
            "POST",
            f"/_control/{name}",
            lambda request, handler=handler: handler(request.json()),
        )
        for name, handler in handlers.items()
    ]
