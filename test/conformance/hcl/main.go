// Reads files of Terraform with the library that Terraform itself reads them with, and prints one JSON object a file:
// what is wrong with its syntax, whether `terraform fmt` would leave it as it is, and what it holds.
package main

import (
	"encoding/json"
	"os"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

type body struct {
	Attributes map[string]attribute `json:"attributes"`
	Blocks     []block              `json:"blocks"`
}

type attribute struct {
	Text string `json:"text"`
	// Only of what stands there as it is: neither a variable nor a function is in it.
	Value json.RawMessage `json:"value,omitempty"`
	// Whatever it refers to: `var.spec`, `aws_vpc.sandbox.id`.
	Uses []string `json:"uses"`
}

type block struct {
	Type   string   `json:"type"`
	Labels []string `json:"labels"`
	Body   body     `json:"body"`
}

func main() {
	out := json.NewEncoder(os.Stdout)
	for _, name := range os.Args[1:] {
		source, err := os.ReadFile(name)
		if err != nil {
			panic(err)
		}
		file, problems := hclsyntax.ParseConfig(source, name, hcl.InitialPos)
		told := []string{}
		for _, problem := range problems {
			told = append(told, problem.Error())
		}
		answer := map[string]interface{}{"file": name, "problems": told, "formatted": string(hclwrite.Format(source)) == string(source)}
		if len(told) == 0 {
			answer["body"] = read(file.Body.(*hclsyntax.Body), source)
		}
		if err := out.Encode(answer); err != nil {
			panic(err)
		}
	}
}

func read(from *hclsyntax.Body, source []byte) body {
	into := body{Attributes: map[string]attribute{}, Blocks: []block{}}
	for name, each := range from.Attributes {
		found := attribute{Text: string(each.Expr.Range().SliceBytes(source)), Uses: []string{}}
		if value, problems := each.Expr.Value(nil); !problems.HasErrors() && value.IsWhollyKnown() {
			found.Value, _ = ctyjson.Marshal(value, value.Type())
		}
		for _, use := range each.Expr.Variables() {
			found.Uses = append(found.Uses, spell(use))
		}
		into.Attributes[name] = found
	}
	for _, each := range from.Blocks {
		into.Blocks = append(into.Blocks, block{each.Type, append([]string{}, each.Labels...), read(each.Body, source)})
	}
	return into
}

// The names of a reference up to the first index.
func spell(use hcl.Traversal) string {
	text := use.RootName()
	for _, step := range use[1:] {
		name, isName := step.(hcl.TraverseAttr)
		if !isName {
			break
		}
		text += "." + name.Name
	}
	return text
}
