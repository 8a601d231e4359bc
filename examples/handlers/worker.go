package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
)

type message struct {
	ID    string          `json:"id"`
	Key   json.RawMessage `json:"key"`   // text, null, or {"base64": …}
	Value json.RawMessage `json:"value"` // the same
}

func handle(m message) error {
	if string(m.Value) == "null" {
		return errors.New("no value")
	}
	return nil // Your work: one transaction, with m.ID under a unique key.
}

func main() {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var m message
		if err := in.Decode(&m); err == io.EOF {
			return
		} else if err != nil {
			panic(err)
		}
		answer := map[string]any{"id": m.ID, "ok": true}
		if err := handle(m); err != nil {
			answer["ok"], answer["error"] = false, err.Error()
		}
		if err := out.Encode(answer); err != nil {
			panic(err)
		}
	}
}
