/// How the report looks and the little it can do by itself.
enum ReportStyle {
    static let css = """
        :root{--ink:#18202b;--soft:#5d6878;--line:#dfe4ea;--ground:#f3f5f8;--accent:#1c4f8a;
        --info:#2f6fd0;--general:#b98500;--serious:#d4560a;--critical:#c4162a}
        html[lang=en] span[lang=zh],html[lang=zh] span[lang=en]{display:none}
        *{box-sizing:border-box}
        body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 "Inter","Segoe UI",Roboto,"Helvetica Neue",Arial,
        "Noto Sans CJK SC","Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif;font-variant-numeric:tabular-nums}
        main{max-width:1180px;margin:0 auto;padding:28px 24px 48px}
        header{display:flex;justify-content:space-between;align-items:flex-start;margin-bottom:20px}
        .brand{margin:0;color:var(--accent);font-weight:700;font-size:12px;letter-spacing:.22em}
        h1{margin:2px 0 0;font-size:30px;line-height:1.2;letter-spacing:-.01em}
        .sub{margin:4px 0 0;color:var(--soft)}
        h2{margin:0 0 12px;font-size:19px}h3{margin:22px 0 8px;font-size:15px}
        section{background:#fff;border:1px solid var(--line);border-radius:8px;padding:22px 24px;margin:0 0 16px}
        button{font:inherit;color:inherit;cursor:pointer;background:#fff;border:1px solid var(--line);border-radius:999px;padding:3px 12px}
        button[aria-pressed=true]{background:var(--accent);border-color:var(--accent);color:#fff}
        .lang{display:flex;gap:6px}
        .verdict{margin:0 0 16px;font-size:21px;font-weight:600}
        .tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:12px}
        .tile{border:1px solid var(--line);border-top:4px solid var(--c);border-radius:6px;padding:10px 14px}
        .tile b{display:block;font-size:32px;line-height:1.15;color:var(--c)}.tile>span{font-weight:600}
        .tile small{display:block;color:var(--soft)}.tile.none b{color:#a9b2be}.tile.none{border-top-color:#d5dbe2}
        .info{--c:var(--info)}.general{--c:var(--general)}.serious{--c:var(--serious)}.critical{--c:var(--critical)}
        .tiles.five{grid-template-columns:repeat(5,1fr)}.gone{--c:#2c8a4b}.unseen{--c:#6b7686}
        .what{width:220px}.what .badge,.under .badge{margin-right:4px}.pair{width:45%}.pair img{display:block;width:100%;max-width:470px;
        max-height:380px;object-fit:contain;background:#0e1116;border-radius:4px}.under{margin-top:4px;color:var(--soft);font-size:13px}
        .facts{display:flex;flex-wrap:wrap;gap:10px 34px;margin:18px 0 0}.facts dt{color:var(--soft);font-size:12.5px}
        .facts dd{margin:0;font-weight:600;font-size:16px}
        table{width:100%;border-collapse:collapse}
        th{text-align:left;font-size:12.5px;font-weight:600;color:var(--soft);border-bottom:2px solid var(--line);padding:6px 10px 6px 0}
        td{vertical-align:top;border-bottom:1px solid var(--line);padding:10px 10px 10px 0;font-size:14px}
        tbody tr:last-child td{border-bottom:0}
        td small,small{color:var(--soft);font-size:12.5px}td strong{display:block}td>small{display:block;overflow-wrap:anywhere}
        .n{width:34px;color:var(--soft)}.pic{width:212px}.pic img{display:block;width:200px;max-height:190px;object-fit:contain;
        background:#0e1116;border-radius:4px}.pic a{color:var(--accent)}
        .nopic{display:inline-block;min-width:150px;padding:12px;border:1px dashed #c3cbd5;border-radius:4px;color:var(--soft)}
        .clip{display:block;margin-top:4px;text-decoration:none;font-size:13px}
        .badge{display:inline-block;margin-bottom:4px;padding:1px 9px;border-radius:3px;background:var(--c);color:#fff;font-size:12.5px;font-weight:600}
        .id,.hash{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:12px;overflow-wrap:anywhere}
        .id,.keep-line{white-space:nowrap}.hash{white-space:normal}.lang button{white-space:nowrap}
        .filters select{font:inherit;font-size:14px;padding:3px 8px;border:1px solid var(--line);border-radius:6px;background:#fff;color:inherit}
        .bar{display:block;width:70px;height:5px;margin-top:4px;background:#e6eaef;border-radius:3px}
        .bar span{display:block;height:5px;background:var(--accent);border-radius:3px}
        .bad{color:var(--critical)}
        .filters div{display:flex;flex-wrap:wrap;gap:6px;margin-bottom:6px}.chip i{font-style:normal;opacity:.65}
        .filters p{display:flex;gap:5px;margin:8px 0;color:var(--soft);font-size:13.5px}.sort{margin-left:auto}
        .sort button{padding:1px 9px;margin-left:4px}
        .dot{display:inline-block;width:10px;height:10px;margin-right:5px;border-radius:50%;background:var(--c)}
        .map{display:block;width:100%;height:auto;background:#fafbfc;border:1px solid var(--line);border-radius:4px}
        .map .grid{stroke:#e7ebf0;fill:none}.map .track{stroke:#7f93ab;stroke-width:1.6;fill:none;stroke-linejoin:round}
        .map a{cursor:pointer}.map a circle{fill:var(--c);stroke:#fff;stroke-width:1.5}
        .map a .error{fill:var(--c);fill-opacity:.1;stroke:var(--c);stroke-width:1;stroke-opacity:.55}
        .map text{font-size:13px;font-weight:600;fill:#18202b;paint-order:stroke;stroke:#fff;stroke-width:3px}
        .furniture text{text-anchor:middle;font-size:12px}.furniture path{fill:none;stroke:#18202b;stroke-width:1.5}
        .furniture rect{fill:#fff;fill-opacity:.85}.furniture .arrow{fill:#18202b}
        .legend{margin:8px 0 0;color:var(--soft);font-size:13px}.legend .dot,.legend .line,.legend .ring{margin-left:12px}
        .line{display:inline-block;width:22px;border-top:2px solid #7f93ab;vertical-align:middle;margin-right:5px}
        .ring{display:inline-block;width:13px;height:13px;border:1px solid #5d6878;border-radius:50%;vertical-align:-2px;margin-right:5px}
        .spread rect{fill:#5f86b3}.spread path{stroke:#c3cbd5}.spread line{stroke:var(--critical);stroke-dasharray:2 2}
        .empty{color:var(--soft);max-width:70ch}
        footer{color:var(--soft);font-size:13px;padding:6px 4px}
        tr:target td{background:#fff8e0}
        @media screen and (max-width:760px){.tiles,.tiles.five{grid-template-columns:repeat(2,1fr)}main{padding:16px 10px 32px}section{overflow-x:auto;padding:16px 14px}
        #defects thead{display:none}#defects table,#defects tbody,#defects td{display:block;border:0;padding:2px 0;width:100%}
        #defects tr{display:block;border-bottom:1px solid var(--line);padding:12px 0}#defects tr[hidden]{display:none}
        #defects .pic img,#defects .pair img{width:100%;max-width:470px;max-height:none}.sort button{padding:1px 7px;margin-left:2px}}
        @media print{@page{size:A4;margin:12mm}body{background:#fff;font-size:11px;print-color-adjust:exact;-webkit-print-color-adjust:exact}
        main{max-width:none;padding:0}section{border:0;border-radius:0;padding:8px 0;margin:0 0 6px}
        .filters,.lang{display:none}h1{font-size:22px}h2{font-size:15px;break-after:avoid}td{font-size:10.5px;padding:5px 6px 5px 0}
        td small,small,.id,.hash,th{font-size:9.5px}.pic{width:128px}.pic img{width:120px;max-height:110px}.bar{width:44px}.n{width:22px}.clip{display:none}
        .verdict{font-size:16px}.tile b{font-size:24px}tr,.tiles,.facts,.keep,.map{break-inside:avoid}thead{display:table-header-group}
        .badge{font-size:10px}
        .pair img{max-height:210px}.what{width:130px}.under{font-size:9.5px}}
        """

    /// Language switch, filters (any of the pressed of each kind, in all kinds) and sorting.
    static let script = """
        (function(){var root=document.documentElement,all=function(q){return Array.prototype.slice.call(document.querySelectorAll(q))};
        function show(l){root.lang=l;all('[data-lang]').forEach(function(b){b.setAttribute('aria-pressed',b.dataset.lang===l)})}
        all('[data-lang]').forEach(function(b){b.onclick=function(){show(b.dataset.lang)}});
        var asked=location.hash.slice(1);show(asked==='zh'||asked==='en'?asked:root.lang);
        var rows=all('#defects tbody tr');
        function pressed(k){return all('.chip[data-kind='+k+'][aria-pressed=true]').map(function(b){return b.dataset.value})}
        function apply(){var kinds={},n=0;all('.chip').forEach(function(b){kinds[b.dataset.kind]=pressed(b.dataset.kind)});
        all('.filters select').forEach(function(x){kinds[x.dataset.kind]=x.value?[x.value]:[]});rows.forEach(function(r){
        var on=Object.keys(kinds).every(function(k){return !kinds[k].length||kinds[k].indexOf(r.dataset[k])>=0});r.hidden=!on;n+=on?1:0});
        all('output').forEach(function(o){o.textContent=n})}
        all('.chip').forEach(function(b){b.onclick=function(){b.setAttribute('aria-pressed',b.getAttribute('aria-pressed')!=='true');apply()}});
        all('.filters select').forEach(function(x){x.onchange=apply});
        all('[data-sort]').forEach(function(b){b.onclick=function(){var k=b.dataset.sort;
        all('[data-sort]').forEach(function(x){x.setAttribute('aria-pressed',x===b)});
        rows.sort(function(p,q){return k==='score'?q.dataset.score-p.dataset.score:k==='time'?p.dataset.time-q.dataset.time:p.dataset.rank-q.dataset.rank});
        rows.forEach(function(r){r.parentNode.appendChild(r)})}})})();
        """
}
