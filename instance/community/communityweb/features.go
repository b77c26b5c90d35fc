package communityweb

import (
	"strconv"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

func (h *Handler) features(r *web.Request) error {
	p, s, err := h.settings(r, "features")
	if err != nil {
		return err
	}
	room, err := h.Communities.Room(r.Ctx(), r.Actor)
	if err != nil {
		return err
	}
	return r.Show(featuresPage(p, s, roomForm{each: gigabytes(room.Each), all: gigabytes(room.All)}))
}

// roomForm is how much photos may take, in gigabytes as typed.
type roomForm struct {
	each, all string
	problems  []look.Problem
}

func gigabytes(n int64) string { return strconv.FormatInt(n/community.Gigabyte, 10) }

func (h *Handler) changeRoom(r *web.Request) error {
	typed := roomForm{each: r.Value("each"), all: r.Value("all")}
	_, err := h.Communities.ChangeRoom(r.Ctx(), r.Actor, r.Key(), number(typed.each), number(typed.all))
	if web.Done(err) == nil {
		return r.Say("/community/features", "said.community_saved")
	}
	p, s, failed := h.settings(r, "features")
	if failed != nil {
		return failed
	}
	return r.Again(err, func(fresh look.Page, problems []look.Problem) templ.Component {
		p.FormKey, typed.problems = fresh.FormKey, problems
		return featuresPage(p, s, typed)
	})
}

// number reads a whole number, and gives one that is refused for what is none.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

func (h *Handler) switchFeature(r *web.Request) error {
	on := r.Value("to") == "on"
	_, err := h.Communities.SwitchFeature(r.Ctx(), r.Actor, r.Key(), community.Feature(r.Value("feature")), on)
	if web.Done(err) != nil {
		return err
	}
	if on {
		return r.Say("/community/features", "said.community_on")
	}
	return r.Say("/community/features", "said.community_off")
}

// switchOf is the button that changes a feature to what it is not.
func switchOf(p look.Page, s community.Settings, f community.Feature) look.Action {
	if s.Has(f) {
		return look.Action{Label: p.Text.Text("community.feature_off"), Name: "to", Value: "off"}
	}
	return look.Action{Label: p.Text.Text("community.feature_on"), Name: "to", Value: "on"}
}
