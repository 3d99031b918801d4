package report

import (
	"html/template"
	"io"
	"path/filepath"
)

// LabPage writes the page that lists what the lab serves. It needs no script, and loads nothing.
func LabPage(w io.Writer, l Lab) error {
	t, err := template.New("lab").Funcs(template.FuncMap{"base": filepath.Base, "way": LabFault.way}).Parse(labPage)
	if err != nil {
		return err
	}
	return t.Execute(w, struct {
		Lab
		ForTests string
	}{l, ForTests})
}

const labPage = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>tlswhy lab: servers that are wrong on purpose</title>
<style>
:root { color-scheme: light dark; --line: #8884; --dim: #777; --warn: #b33; --box: #8881 }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 62rem; padding: 1.5rem }
h1 { font-size: 1.5rem; margin: 0 }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
.warn { border: 2px solid var(--warn); border-radius: 6px; padding: .6rem 1rem; margin: 1rem 0; font-weight: 600 }
code, pre { font: 13px/1.45 ui-monospace, monospace }
pre { background: var(--box); border-radius: 4px; padding: .5rem .7rem; margin: .2rem 0 .6rem; white-space: pre-wrap; overflow-wrap: anywhere }
section { border-top: 1px solid var(--line); padding: .6rem 0; display: grid; grid-template-columns: 17rem 1fr; gap: .15rem 1rem }
section > * { grid-column: 2 }
section > h3 { grid-column: 1; margin: 0; font: 600 13px/1.7 ui-monospace, monospace; overflow-wrap: anywhere }
p { margin: .8rem 0 } section p { margin: 0 }
.dim, summary { color: var(--dim); font-size: .9em }
summary { cursor: pointer }
details > div { margin: .4rem 0 }
dl { margin: 0 } dt { font-weight: 600 } dd { margin: 0 0 .4rem 1rem; color: var(--dim) }
@media (max-width: 44rem) { section { display: block } }
</style>
</head>
<body>
<h1>tlswhy lab</h1>
<p class="warn">{{.ForTests}}</p>
<p>Each server below has one fault. Point a client at it and see whether the client notices, and what it says.
{{if .CA}}The servers' certificates come from a CA that lives for a day, in memory: <a href="ca.pem">ca.pem</a>.
Clients are to trust it and nothing else.{{end}}
Logins are thrown away unread; nobody is let in. The same as JSON: <a href="lab.json">lab.json</a>.</p>
{{range .Faults}}<section id="{{.Name}}">
<h3>{{.Name}}</h3>
<p>{{.Says}}</p>
<p class="dim">to be found: {{.Title}}{{way .}}</p>
<details><summary>{{range $i, $e := .Endpoints}}{{if $i}} · {{end}}{{.Protocol}} {{if .Address}}{{.Address}}{{else}}(not here){{end}}{{end}}</summary>
{{range .Endpoints}}<div>{{if .Why}}{{.Protocol}} is not served here: {{.Why}}{{else}}<code>{{.Target}}</code>{{range .Files}} <a href="file/{{base .}}">{{base .}}</a>{{end}}
<pre>{{.Command}}</pre>{{end}}</div>
{{end}}</details>
</section>
{{end}}{{if .Absent}}<h2>What no server can show</h2>
<dl>{{range .Absent}}<dt><code>{{.Cause}}</code></dt><dd>{{.Why}}</dd>
{{end}}</dl>{{end}}
</body>
</html>
`
