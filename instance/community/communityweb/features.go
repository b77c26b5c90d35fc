package communityweb

import (
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

func (h *Handler) features(r *web.Request) error {
	p, s, err := h.settings(r, "features")
	if err != nil {
		return err
	}
	return r.Show(featuresPage(p, s))
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
