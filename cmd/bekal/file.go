package main

import "github.com/spf13/cobra"

func (p *program) fileCommand() *cobra.Command {
	return group("file", "Fixed-width files", p.fileInspect(), p.fileVerify(), p.fileRoundtrip(), p.fileConvert())
}
