// Package schema describes the layout language to editors, as a JSON Schema:
// they then complete keys and words, show what each is for, and mark what is
// not part of the language while it is typed.
//
// The schema is made from the types of package formats by reflection, so that a
// key cannot be in one and not in the other; tests hold it to what the parser
// accepts. It says less than the parser and far less than the compiler, which
// alone see the layout as a whole: a layout that fits the schema may be wrong.
package schema

import (
	"encoding/json"
	"fmt"
	"reflect"
	"unicode"

	"github.com/invopop/jsonschema"

	"bekal/formats"
)

// JSON is the JSON Schema (draft 2020-12) of layouts.
func JSON() ([]byte, error) {
	out, err := json.MarshalIndent(layoutSchema(), "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the schema of layouts: %w", err)
	}
	return append(out, '\n'), nil
}

// layoutSchema is the whole schema: a definition of each mapping of the
// language, and the layout at the root.
func layoutSchema() *jsonschema.Schema {
	root := &jsonschema.Schema{
		Version:     jsonschema.Version,
		Title:       "Bekal layout",
		Description: "A fixed-width file format: its records, what stands in which columns, their order, and the totals that must agree.",
		Ref:         reference("layout").Ref,
		Definitions: jsonschema.Definitions{},
	}
	for _, m := range mappings() {
		r := reflector()
		for name, def := range r.ReflectFromType(m.is).Definitions {
			root.Definitions[name] = def
		}
	}
	for name, def := range scalars() {
		root.Definitions[name] = def
	}
	for _, m := range mappings() {
		def := root.Definitions[m.name]
		def.Required = m.required
		for key, form := range forms()[m.name] {
			was, ok := def.Properties.Get(key)
			if !ok {
				continue // a test sees it
			}
			form.Description = was.Description
			def.Properties.Set(key, form)
		}
	}
	// A field is computed in one way.
	compute := root.Definitions["compute"]
	for _, way := range []formats.ComputedKind{formats.Count, formats.Sum, formats.Hash, formats.Sequence, formats.Rising, formats.Copy} {
		compute.OneOf = append(compute.OneOf, &jsonschema.Schema{Required: []string{string(way)}})
	}
	return root
}

// reflector reads the types of package formats as their YAML is written.
func reflector() *jsonschema.Reflector {
	names := map[reflect.Type]string{}
	for _, m := range mappings() {
		names[m.is] = m.name
	}
	descriptions := descriptions()
	return &jsonschema.Reflector{
		Anonymous:                  true,
		FieldNameTag:               "yaml",
		RequiredFromJSONSchemaTags: true, // and there are none: mappings say it
		Namer:                      func(t reflect.Type) string { return names[t] },
		Mapper:                     mapped,
		// What has no YAML key is said by another one: see forms.
		KeyNamer: func(name string) string {
			if unicode.IsUpper(rune(name[0])) {
				return ""
			}
			return name
		},
		LookupComment: func(t reflect.Type, field string) string {
			if field == "" {
				return descriptions[names[t]]
			}
			f, _ := t.FieldByName(field)
			return descriptions[names[t]+"."+f.Tag.Get("yaml")]
		},
	}
}

func reference(name string) *jsonschema.Schema {
	return &jsonschema.Schema{Ref: "#/$defs/" + name}
}
