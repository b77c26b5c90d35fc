package video

// stays keeps of a box of the index what others may have of it, or says what is
// wrong with the box.
type stays func(f *file, p *plan, b box) error

// What stays of a track. Of each box it is so much as its kind has by the
// standard; what was put behind that goes, and so does a box of another kind.
// Where somebody was and with what is told by udta, meta and uuid; tref leads
// to tracks that are gone.
var (
	filmHeader = dated(100, span{26, 36}, span{72, 96})
	trackBoxes = only(0, map[string]stays{
		"tkhd": dated(84),
		"edts": only(0, map[string]stays{"elst": versioned(list(8, 12), list(8, 20))}),
		"mdia": only(0, map[string]stays{
			"mdhd": dated(24),
			"hdlr": handler,
			"minf": only(0, map[string]stays{
				"vmhd": first(12),
				"smhd": first(8),
				"dinf": only(0, map[string]stays{"dref": references}),
				"stbl": only(0, sampleTables),
			}),
		}),
	})
)

// sampleTables are times, sizes and places of samples, and how they depend on
// each other (ISO/IEC 14496-12, 8.6 and 8.7, and stps of QuickTime).
var sampleTables = map[string]stays{
	"stsd": descriptions,
	"stts": list(8, 8),
	"ctts": list(8, 8),
	"cslg": versioned(first(24), first(44)),
	"stss": list(8, 4),
	"stps": list(8, 4),
	"sdtp": whole,
	"stsc": list(8, 12),
	"stsz": sizeTable,
	"stz2": sizeTable,
	"stco": list(8, 4),
	"co64": list(8, 8),
	"sbgp": groups,
	"sgpd": groups,
}

// only keeps a box, its first skip bytes, and of the boxes in it those for
// which there is a rule. Others become free.
func only(skip int64, rules map[string]stays) stays {
	return func(f *file, p *plan, b box) error {
		p.keep(b.at, min(b.body()+skip, b.end()))
		return contents(f, p, b, skip, rules)
	}
}

// repeated are the boxes of which several may stand side by side.
var repeated = map[string]bool{"sbgp": true, "sgpd": true, "colr": true}

func contents(f *file, p *plan, b box, skip int64, rules map[string]stays) error {
	all, err := f.inside(b, skip)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, c := range all {
		rule, known := rules[c.kind]
		if !known {
			p.free(c)
			continue
		}
		// Of two, a player may believe the one that was not read here.
		if seen[c.kind] && !repeated[c.kind] {
			return broken("there are two boxes %q in %q", c.kind, b.kind)
		}
		seen[c.kind] = true
		if err := rule(f, p, c); err != nil {
			return err
		}
	}
	return nil
}

// first keeps the n bytes that a box of its kind has.
func first(n int64) stays {
	return func(f *file, p *plan, b box) error {
		if b.size < b.head+n {
			return broken("the box %q at %d is too short", b.kind, b.at)
		}
		p.keep(b.at, b.body()+n)
		return nil
	}
}

// whole keeps a box whose length says nothing, such as what a decoder needs.
func whole(_ *file, p *plan, b box) error {
	p.keep(b.at, b.end())
	return nil
}

// dated keeps a header but for when the thing was made and changed, and for
// what else is to be blank. n is the length of a header of version 0, and the
// places are those in one.
func dated(n int64, blank ...span) stays {
	return func(f *file, p *plan, b box) error {
		wide, err := isWide(f.body(b), b.kind, int(n))
		if err != nil {
			return err
		}
		at, more := b.body()+12, int64(0)
		if wide {
			at, more = at+8, 12
		}
		p.keep(b.at, b.body()+4)
		for _, s := range blank {
			p.keep(at, b.body()+s.from+more)
			at = b.body() + s.to + more
		}
		p.keep(at, b.body()+n+more)
		return nil
	}
}

// list keeps a table of entries of n bytes.
func list(head, n int64) stays {
	return func(f *file, p *plan, b box) error {
		entries, err := f.table(b, head, n)
		if err != nil {
			return err
		}
		p.keep(b.at, b.body()+head+int64(len(entries)))
		return nil
	}
}

// versioned keeps a box by the rule for its version, 0 or 1.
func versioned(rules ...stays) stays {
	return func(f *file, p *plan, b box) error {
		body := f.body(b)
		if len(body) == 0 || int(body[0]) >= len(rules) {
			return broken("the box %q at %d is of no known version", b.kind, b.at)
		}
		return rules[body[0]](f, p, b)
	}
}

func sizeTable(f *file, p *plan, b box) error {
	var s samples
	if err := f.sizes(&s, b, box{}); err != nil {
		return err
	}
	p.keep(b.at, b.body()+12+int64(len(s.sizes)))
	return nil
}

// groups keeps what says how samples depend on each other (ISO/IEC 14496-12,
// 8.9 and 10; 14496-15, 8.4). Groups of other kinds go.
func groups(f *file, p *plan, b box) error {
	if body := f.body(b); len(body) >= 8 {
		switch string(body[4:8]) {
		case "roll", "prol", "rap ", "sync", "tscl":
			return whole(f, p, b)
		}
	}
	p.free(b)
	return nil
}

// handler keeps what a track is for. The rest is the name of the program or of
// the device, and in QuickTime its maker's.
func handler(_ *file, p *plan, b box) error {
	p.keep(b.at, b.body()+4)
	p.keep(b.body()+8, b.body()+12)
	return nil
}

// references keeps that the samples are in this file. A reference to another
// one may hold a path on somebody's disk, and would have a player look there.
func references(f *file, p *plan, b box) error {
	all, err := f.entries(b)
	if err != nil {
		return err
	}
	p.keep(b.at, b.body()+8)
	for _, r := range all {
		body := f.body(r)
		if (r.kind != "url " && r.kind != "alis") || len(body) < 4 || body[3]&1 == 0 {
			return unlike("its samples are in another file")
		}
		p.keep(r.at, r.body()+4)
	}
	return nil
}
