// Command notices lists the parts of others that are linked into the program,
// with their licences, in instance/notices: parts.tsv is the list, texts.txt
// what has to be passed on with a built program. It refuses a licence that
// nobody has looked at.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	module := flag.String("module", "../instance", "the module of the program")
	flag.Parse()
	if err := write(*module); err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

func write(module string) error {
	parts, err := parts(module)
	if err != nil {
		return err
	}
	if err := refuse(parts); err != nil {
		return err
	}
	for name, body := range files(parts) {
		if err := os.WriteFile(filepath.Join(module, "notices", name), []byte(body), 0o644); err != nil {
			return err
		}
	}
	return nil
}
