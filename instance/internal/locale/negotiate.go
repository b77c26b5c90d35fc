package locale

import (
	"strconv"
	"strings"
)

// Negotiate chooses among offered by an Accept-Language header (RFC 9110
// section 12.5.4): the most wanted range that fits, the earlier one among
// equals. A range fits the tag that it equals or begins ("pt" fits "pt-BR"),
// and else loses its last subtag ("de-AT" fits "de"; RFC 4647 section 3.4).
// What is empty, malformed, "*" or fits nothing gives fallback.
//
// x/text's matcher knows more kinships of languages, but takes 26 µs and 227
// allocations, and strangers' pages ask on every request.
func (c *Catalog) Negotiate(acceptLanguage string, offered []string, fallback string) string {
	best, most := fallback, 0.0
	for item := range strings.SplitSeq(acceptLanguage, ",") {
		wanted, parameter, weighted := strings.Cut(strings.TrimSpace(item), ";")
		weight := 1.0
		if weighted {
			q, isWeight := strings.CutPrefix(strings.TrimSpace(parameter), "q=")
			var err error
			if weight, err = strconv.ParseFloat(q, 64); err != nil || !isWeight {
				continue
			}
		}
		if !(weight > most && weight <= 1) { // a q of NaN is neither
			continue
		}
		if tag, ok := lookUp(strings.TrimSpace(wanted), offered); ok {
			best, most = tag, weight
		}
	}
	return best
}

func lookUp(wanted string, offered []string) (string, bool) {
	for wanted != "" {
		for _, tag := range offered {
			if begins(tag, wanted) {
				return tag, true
			}
		}
		wanted = wanted[:max(strings.LastIndexByte(wanted, '-'), 0)]
	}
	return "", false
}

func begins(tag, subtags string) bool {
	return len(tag) >= len(subtags) && strings.EqualFold(tag[:len(subtags)], subtags) &&
		(len(tag) == len(subtags) || tag[len(subtags)] == '-')
}
