// Renders templates by Go's html/template as listmonk does: the same rewriting of its tags, the same functions.
// The plain-text part goes through html/template too, the subject through text/template. Reads jobs as JSON.
package main

import (
	"bytes"
	"encoding/json"
	"html/template"
	"os"
	"regexp"
	text "text/template"
)

type job struct {
	Engine   string         `json:"engine"`
	Template string         `json:"template"`
	Values   map[string]any `json:"values"`
}

var tags = regexp.MustCompile(`{{(\s+)?(TrackView|UnsubscribeURL|ManageURL|OptinURL|MessageURL)(\s+)?}}`)

func main() {
	var jobs []job
	if err := json.NewDecoder(os.Stdin).Decode(&jobs); err != nil {
		panic(err)
	}
	results := []string{}
	for _, j := range jobs {
		functions := map[string]any{"Safe": func(s string) template.HTML { return template.HTML(s) }}
		for _, name := range []string{"UnsubscribeURL", "ManageURL", "MessageURL"} {
			value, _ := j.Values[name].(string)
			functions[name] = func(any) string { return value }
		}
		body := tags.ReplaceAllString(j.Template, `{{ $2 . }}`)
		var out bytes.Buffer
		var err error
		if j.Engine == "subject" {
			err = text.Must(text.New("content").Funcs(functions).Parse(body)).Execute(&out, j.Values)
		} else {
			base := template.Must(template.New("base").Funcs(functions).Parse(`{{ template "content" . }}`))
			content := template.Must(template.New("content").Funcs(functions).Parse(body))
			template.Must(base.AddParseTree("content", content.Tree))
			err = base.Execute(&out, j.Values)
		}
		if err != nil {
			panic(err)
		}
		results = append(results, out.String())
	}
	if err := json.NewEncoder(os.Stdout).Encode(results); err != nil {
		panic(err)
	}
}
