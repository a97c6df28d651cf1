"""A page of a run that a person looks at: how the losses fell, what was learned from, and how the pictures were varied."""
import base64
import html

import cv2
import numpy as np

STYLE = """body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2430}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #d5dbe3;padding:.3rem .6rem;text-align:left}
td.n{text-align:right}svg{background:#f7f9fb;width:100%}figure{display:inline-block;margin:0 .5rem .5rem 0}img{width:13rem}"""
COLORS = ["#1f6feb", "#d1242f", "#1a7f37", "#9a6700", "#8250df", "#bf3989", "#0b7285", "#57606a"]


def smoothed(values, share=0.1):
    kept, out = values[0], []
    for value in values:
        kept = (1 - share) * kept + share * value
        out.append(kept)
    return out


def curves(log, names, width=900, height=320):
    parts, last = [], max(line["step"] for line in log) or 1
    for number, name in enumerate(names):
        lines = [line for line in log if line["set"] == name]
        if not lines:
            continue
        values = smoothed([line["loss"] for line in lines])
        top = max(values) or 1
        points = " ".join(f"{50 + (width - 60) * line['step'] / last:.1f},{height - 30 - (height - 50) * value / top:.1f}"
                          for line, value in zip(lines, values))
        color = COLORS[number % len(COLORS)]
        parts.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>'
                     f'<text x="{width - 12}" y="{20 + 18 * number}" text-anchor="end" fill="{color}">{html.escape(name)}, of {top:.2f}</text>')
    return (f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="losses by step">{"".join(parts)}'
            f'<text x="50" y="{height - 8}">step 0</text><text x="{width - 12}" y="{height - 8}" text-anchor="end">step {last}</text></svg>')


def example(loader, one, number):
    """A varied picture with its boxes, as an `img` element."""
    picture, boxes, _, mask = loader.load(one, number, 0, number)
    pixels = np.clip((picture * loader.scale + loader.mean).numpy(), 0, 255).astype(np.uint8)
    pixels = np.ascontiguousarray(pixels.transpose(1, 2, 0)[:, :, ::-1 if loader.is_rgb else 1])
    for left, top, right, bottom in boxes.round().int().tolist():
        cv2.rectangle(pixels, (left, top), (right, bottom), (40, 40, 230), 1)
    outlines, _ = cv2.findContours(mask[0].byte().numpy(), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    cv2.drawContours(pixels, outlines, -1, (40, 40, 230), 1)
    data = base64.b64encode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 80])[1]).decode()
    return f'<figure><img src="data:image/jpeg;base64,{data}" alt=""><figcaption>{html.escape(one.name)}</figcaption></figure>'


def page(title, facts, sets, log, loader):
    rows = []
    for one in sets:
        losses = smoothed([line["loss"] for line in log if line["set"] == one.name] or [float("nan")])
        boxes = sum(len(e.boxes) for e in one.examples)
        rows.append(f"<tr><td>{html.escape(one.name)}</td><td>{one.task}</td><td class=n>{len(one.examples)}</td><td class=n>{len(one.classes) or ''}</td>"
                    f"<td class=n>{boxes or ''}</td><td>{html.escape(one.license)}</td><td class=n>{losses[0]:.3f}</td><td class=n>{losses[-1]:.3f}</td></tr>")
    pictures = "".join(example(loader, one, n) for one in sets for n in range(min(3, len(one.examples))))
    list_of_facts = "".join(f"<li>{html.escape(k)}: {html.escape(str(v))}</li>" for k, v in facts.items())
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(title)}</title><style>{STYLE}</style>
<h1>{html.escape(title)}</h1><ul>{list_of_facts}</ul><h2>Losses, each of its own highest</h2>{curves(log, [s.name for s in sets])}
<h2>Sets</h2><table><tr><th>set<th>task<th>pictures<th>classes<th>boxes<th>licence<th>first loss<th>last loss</tr>{"".join(rows)}</table>
<h2>Pictures as the network saw them</h2>{pictures}</html>
"""
