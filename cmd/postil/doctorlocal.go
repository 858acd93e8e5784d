package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"postil/deploy/doctor"
	"postil/deploy/lifecycle"
)

// localProcess asks the server of a data folder, or is nil where there is no
// such folder: the service is then on another machine.
func localProcess(flags *storeFlags) func(context.Context) doctor.Finding {
	if _, err := os.Stat(flags.Data); err != nil {
		return nil
	}
	control := (&controlFlags{}).path(flags, serverSocket)
	return func(ctx context.Context) doctor.Finding {
		reply, err := lifecycle.Ask(ctx, control, lifecycle.Request{Command: "doctor"}, nil)
		if errors.Is(err, lifecycle.ErrNobody) {
			return doctor.Finding{Check: doctor.Process, State: doctor.Note,
				Text: fmt.Sprintf("No server runs on this machine with the data folder %s, so that only what can be seen from outside was looked at.", flags.Data)}
		}
		var h serverHealth
		if err == nil {
			err = json.Unmarshal(reply.Details, &h)
		}
		if err != nil {
			return doctor.Finding{Check: doctor.Process, State: doctor.Unknown, Text: fmt.Sprintf("The server of %s does not say how it is: %v.", flags.Data, err)}
		}
		return judgeProcess(flags.Data, h)
	}
}

// serverHealth is what a server tells the doctor of itself.
type serverHealth struct {
	Database string       `json:"database,omitempty"` // what is wrong with it
	Holding  bool         `json:"holding"`            // writes, by order
	Files    *filesHealth `json:"files,omitempty"`    // nil: this process does not publish yet
}

// filesHealth is how its publisher stands.
type filesHealth struct {
	Behind   int64  `json:"behind"`   // changes that files do not show yet
	Failing  int    `json:"failing"`  // pages that could not be written
	Building int    `json:"building"` // sites whose files are made anew
	Error    string `json:"error,omitempty"`
}

// examine is the command by which the doctor asks a server.
func (s *server) examine(ctx context.Context, _ map[string]string) (string, any, error) {
	h := serverHealth{Holding: s.gate.Status().Holding}
	ctx, cancel := context.WithTimeout(ctx, gaugeTimeout)
	defer cancel()
	if err := s.reach(ctx); err != nil {
		h.Database = err.Error()
	}
	p := s.use()
	defer s.leave(p)
	if publisher := p.outlet.current(); publisher != nil {
		state := publisher.State()
		h.Files = &filesHealth{Behind: state.Behind, Failing: state.Failing, Building: state.Building}
		if state.Err != nil {
			h.Files.Error = state.Err.Error()
		}
	}
	return "examined", h, nil
}

// judgeProcess says what is most wrong with a server.
func judgeProcess(data string, h serverHealth) doctor.Finding {
	wrong := func(text, mend string) doctor.Finding {
		return doctor.Finding{Check: doctor.Process, State: doctor.Wrong, Text: text, Mend: mend}
	}
	files := h.Files
	switch {
	case h.Database != "":
		return wrong("The database does not answer: "+h.Database, "Start the database. Readers have their files meanwhile, and new comments wait for it.")
	case h.Holding:
		return wrong("Writes are held: comments wait until they are released.", "When the work on the database is done: postil release")
	case files != nil && files.Error != "":
		return wrong(fmt.Sprintf("The publisher cannot write %s: %s", count(files.Failing, "page"), files.Error), "Mend what it names, such as a full disk or permissions; it then goes on by itself.")
	case files == nil:
		return doctor.Finding{Check: doctor.Process, State: doctor.Note, Text: "The server does not publish yet; the one before it is still at work."}
	case files.Behind > 0 || files.Building > 0:
		return doctor.Finding{Check: doctor.Process, State: doctor.Note, Text: fmt.Sprintf("The publisher is at work: %s to go, %s being made anew.", count(int(files.Behind), "change"), count(files.Building, "site"))}
	}
	return doctor.Finding{Check: doctor.Process, State: doctor.OK, Text: fmt.Sprintf("The server of %s has its database, and its files show all that is in it.", data)}
}
