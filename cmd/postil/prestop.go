package main

import "context"

type prestopCmd struct{ askFlags }

// Help says where it belongs.
func (prestopCmd) Help() string {
	return `For a preStop hook of Kubernetes in an image that has no shell and no sleep:

    lifecycle:
      preStop:
        exec:
          command: ["/postil", "prestop", "--data", "/data"]

From now on /readyz of the process says no, while it goes on serving; the command returns when --drain-lame of "postil serve" is over. SIGTERM then finds nobody who still sends new connections. If no process listens it fails at once, for there is nothing to wait for.`
}

// Run asks.
func (c *prestopCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	_, err := c.ask(ctx, std, flags, "prestop", nil)
	return err
}
