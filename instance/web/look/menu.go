package look

func orEllipsis(icon string) string {
	if icon == "" {
		return "ellipsis"
	}
	return icon
}
