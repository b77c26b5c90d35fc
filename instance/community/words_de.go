package community

// german is what the presets say in German.
var german = map[string]Words{
	"family": {
		Welcome: "Das ist der Ort unserer Familie. Was wir hier schreiben, bleibt unter uns.\n\nErzählt, was los ist, macht Pläne und bewahrt auf, was nicht verloren gehen soll.",
		Rules: "- Was hier gesagt wird, bleibt hier.\n" +
			"- Frag, bevor du etwas über jemanden schreibst, der nicht hier ist.\n" +
			"- An den meisten Stellen lesen Kinder mit. Schreib so, dass sie das dürfen.\n" +
			"- Niemand muss sofort antworten.",
		Spaces: map[string]SpaceWords{
			"home":     {"Zuhause", "zuhause", "Was bei uns allen los ist."},
			"memories": {"Erinnerungen", "erinnerungen", "Geschichten, Sprüche und was sonst nicht vergessen werden soll."},
			"useful":   {"Nützliches", "nuetzliches", "Rezepte, die Nummer der Ärztin, wie die Heizung geht."},
			"kids":     {"Kinder", "kinder", "Für die Kinder und alle, die auf sie achten."},
		},
	},
	"friends": {
		Welcome: "Schön, dass du da bist. Dieser Ort gehört uns, und sonst liest niemand mit.",
		Rules: "- Was hier gesagt wird, bleibt hier.\n" +
			"- Wer etwas plant, sagt wann und wo.\n" +
			"- Niemand muss sofort antworten.",
		Spaces: map[string]SpaceWords{
			"home":  {"Zuhause", "zuhause", "Alles und nichts Bestimmtes."},
			"plans": {"Pläne", "plaene", "Wer wann Zeit hat, und wofür."},
		},
	},
	"neighbourhood": {
		Question: "In welcher Straße wohnst du?",
		Welcome:  "Hier erzählen wir uns, was in der Gegend wichtig ist, leihen uns eine Leiter, suchen eine entlaufene Katze und lernen uns kennen.",
		Rules: "- Sprich wie am Gartenzaun.\n" +
			"- Über jemanden, der nicht hier ist, schreib nur, was du auch ins Gesicht sagen würdest.\n" +
			"- Geliehenes kommt so zurück, wie es war.\n" +
			"- Im Notfall hol zuerst Hilfe und schreib danach hier.",
		Spaces: map[string]SpaceWords{
			"news":  {"Neues", "neues", "Was alle wissen sollten: Wasser, Straßen, Termine."},
			"help":  {"Helfen und leihen", "helfen", "Angebote und Bitten. Sag Bescheid, wenn etwas vergeben ist."},
			"dates": {"Termine", "termine", "Was wann und wo in der Gegend stattfindet."},
			"talk":  {"Gespräch", "gespraech", "Alles andere unter Nachbarn."},
		},
	},
	"team": {
		Welcome: "Willkommen im Team. Hier steht, wann Training ist, wer spielt und was sich kurzfristig ändert.",
		Rules: "- Wer nicht kommen kann, sagt früh Bescheid.\n" +
			"- Lob laut, Kritik persönlich.\n" +
			"- Wir schreiben nicht über Kinder, die nicht unsere eigenen sind.\n" +
			"- Nach einem Spiel erst schlafen, dann schreiben.",
		Spaces: map[string]SpaceWords{
			"news":     {"Neues vom Team", "neues", "Von den Trainerinnen und Trainern an alle. Kurz und wichtig."},
			"training": {"Training", "training", "Wer kommt, wer nicht kann, wer fährt."},
			"matches":  {"Spiele", "spiele", "Treffpunkte, Aufstellungen und wie es war."},
			"parents":  {"Eltern", "eltern", "Für alle, die fahren, waschen und jubeln."},
		},
	},
	"club": {
		Question: "Was führt dich zu uns?",
		Welcome:  "Willkommen in unserem Verein. Hier findest du, was wir vorhaben, was beschlossen wurde und wer es möglich macht.",
		Rules: "- Wir gehen respektvoll miteinander um, auch wenn wir verschiedener Meinung sind.\n" +
			"- Was den Verein angeht, gehört hierher; was privat ist, bleibt privat.\n" +
			"- Es gilt die Satzung. Du findest sie unter Unterlagen.",
		Spaces: map[string]SpaceWords{
			"news":      {"Neues", "neues", "Was es im Verein Neues gibt, für alle zu lesen."},
			"programme": {"Programm", "programm", "Was wann stattfindet. Gäste sind willkommen."},
			"board":     {"Vorstand", "", "Für die Mitglieder des Vorstands."},
			"documents": {"Unterlagen", "unterlagen", "Satzung, Protokolle, Formulare."},
		},
	},
	"school": {
		Question: "Zu welchem Kind gehörst du, oder was machst du an der Schule?",
		Welcome:  "Hier finden sich Familien und Lehrkräfte unserer Klasse. Was wichtig ist, steht unter Neues aus der Klasse; alles andere hat daneben seinen Platz.",
		Rules: "- Namen von Kindern bleiben hier.\n" +
			"- Fragen zu einem einzelnen Kind gehen an die Lehrkraft, nicht an alle.\n" +
			"- Wir urteilen nicht über die Kinder oder Eltern anderer.\n" +
			"- Abends muss niemand antworten.",
		Spaces: map[string]SpaceWords{
			"news":    {"Neues aus der Klasse", "neues", "Von den Lehrkräften an alle Familien."},
			"parents": {"Eltern", "eltern", "Kuchenverkauf, verlorene Jacken, wer fährt."},
			"notes":   {"Zettel und Formulare", "zettel", "Was gelesen, unterschrieben oder abgegeben werden muss."},
		},
	},
	"workplace": {
		Welcome: "Willkommen. Hier findest du, was alle wissen sollten, wie wir arbeiten und wen du fragen kannst.",
		Rules: "- Was alle angeht, wird da gesagt, wo alle lesen.\n" +
			"- Fragen sind willkommen, auch beim dritten Mal.\n" +
			"- Was hier gesagt wird, bleibt im Haus.\n" +
			"- Außerhalb der Arbeitszeit muss niemand lesen oder antworten.",
		Spaces: map[string]SpaceWords{
			"news":      {"Bekanntmachungen", "bekanntmachungen", "Was alle gelesen haben sollten."},
			"handbook":  {"Handbuch", "handbuch", "Wie wir hier arbeiten."},
			"questions": {"Fragen", "fragen", "Einmal fragen, später wiederfinden."},
			"social":    {"Küchentisch", "kuechentisch", "Alles, was nicht Arbeit ist."},
		},
	},
	"volunteers": {
		Question: "Wie möchtest du helfen, und wann hast du Zeit?",
		Welcome:  "Wir helfen, wo Hilfe gebraucht wird. Unter Aufrufe siehst du, was gerade gesucht ist; wer eine Stunde hat, kann anfangen.",
		Rules: "- Wer etwas übernimmt, macht es oder sagt rechtzeitig, dass es nicht klappt.\n" +
			"- Was du über Menschen erfährst, denen du geholfen hast, bleibt bei dir.\n" +
			"- Achte auch auf dich. Ein Nein ist in Ordnung.",
		Spaces: map[string]SpaceWords{
			"calls":    {"Aufrufe", "aufrufe", "Was gerade gesucht ist, für alle zu lesen."},
			"shifts":   {"Schichten", "schichten", "Wer wann da ist und wer einspringen kann."},
			"know_how": {"Wissen", "wissen", "Wie es geht, damit niemand bei null anfängt."},
		},
	},
	"movement": {
		Welcome: "Wir wollen etwas verändern, und wir tun es gemeinsam. Lies, was ansteht, komm dazu, bring jemanden mit.",
		Rules: "- Wir sind offen für alle, die das Ziel teilen, und für niemanden, der andere verachtet.\n" +
			"- Gib keine Namen weiter: weder von denen, die dabei waren, noch von denen, die es nicht waren.\n" +
			"- Was öffentlich ist, können alle lesen, auch wer gegen uns ist.\n" +
			"- Wir streiten über die Sache und nicht über Personen.",
		Spaces: map[string]SpaceWords{
			"actions":      {"Aktionen", "aktionen", "Was ansteht, für alle zum Lesen und Weitersagen."},
			"coordination": {"Koordination", "koordination", "Für alle, die etwas vorbereiten. Frag, und jemand lässt dich hinein."},
			"library":      {"Bibliothek", "bibliothek", "Texte, Fakten und Anleitungen zum Wiederverwenden."},
		},
	},
}
