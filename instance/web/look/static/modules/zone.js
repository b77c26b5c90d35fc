// Proposes this device's time zone where nobody has chosen one yet.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
for (const field of document.querySelectorAll("input[data-zone-guess]")) {
	if (zone) {
		field.value = zone;
	}
}
