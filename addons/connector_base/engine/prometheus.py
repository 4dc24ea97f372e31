"""Metrics as Prometheus reads them: text, one line a value.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/ (version 0.0.4).
"""

import dataclasses

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclasses.dataclass
class Metric:
    """One metric and its values now.

    :param name: without the unit it would be nothing: ``…_seconds``
    :param help: one sentence
    :param samples: ``(labels as a dict, number)``; those of ``None`` are left out
    """

    name: str
    help: str
    samples: list = dataclasses.field(default_factory=list)
    kind: str = "gauge"

    def add(self, value, **labels):
        self.samples.append((labels, value))


def render(metrics):
    """:return: text"""
    lines = []
    for metric in metrics:
        lines.append(f"# HELP {metric.name} {_line(metric.help)}")
        lines.append(f"# TYPE {metric.name} {metric.kind}")
        for labels, value in metric.samples:
            if value is not None:
                lines.append(f"{metric.name}{_labels(labels)} {_number(value)}")
    return "\n".join([*lines, ""])


def _labels(labels):
    if not labels:
        return ""
    pairs = (f'{name}="{_quoted(value)}"' for name, value in labels.items())
    return "{%s}" % ",".join(pairs)


def _line(text):
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quoted(text):
    return _line(str(text)).replace('"', '\\"')


def _number(value):
    return str(int(value)) if isinstance(value, bool | int) else repr(float(value))
