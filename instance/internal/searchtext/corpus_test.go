package searchtext_test

// corpus are texts as members of many communities might write them. The
// numbers are their ids.
var corpus = map[int]string{
	1: "The Garden Club meets on Tuesday at 6pm; bring gloves!",
	2: "Gardening tips: don't water tomatoes at noon. Café on Main Street is open.",
	3: "Naïve question about flat 3e8x and room B12",

	10: "Das Straßenfest beginnt um 18 Uhr in der Größe-Straße.",
	11: "Die Freiwillige Feuerwehr lädt zum Sommerfest; Müllers Äpfel sind süß.",
	12: "STRASSENBAHNHALTESTELLE gesperrt, weiß jemand mehr?",

	20: "İstanbul'da buluşalım, çay içeriz. Işık açık.",
	21: "ısırgan otu ve ILIK su; DİYARBAKIR gezisi",

	30: "L’été prochain, la fête de l'école aura lieu à Besançon.",
	31: "Cœur d’artichaut : élève très doué, déjà présent",

	40: "次の日曜日に東京都の公園で花見をします。",
	41: "地域のまちづくり組織が住民の集会を開きます。カレーパーティー！",
	42: "ﾊﾟｰﾃｨｰは３時から。猫を連れてきて",

	50: "我们星期六在社区花园开会，请带上手套。",
	51: "組織者會準備茶點，歡迎所有居民參加",

	60: "한글을 배우는 모임이 토요일에 있습니다.",
	61: "우리 동네 도서관에서 책을 나눕니다",

	70: "مَرْحَبًا بِكُم في الحديقة المجتمعية يوم ٢٠ مايو",
	71: "اجتماع أولياء الأمور في مدرسة الحيّ، أحمد مسؤول",

	80: "ยินดีต้อนรับสู่สวนชุมชน วันเสาร์กินข้าวด้วยกัน",
	81: "ประชุมผู้ปกครองที่โรงเรียน เสื้อสีขาว",

	90: "Ёлка для детей: собрание жильцов в субботу",
	91: "Организация праздника двора, приходите все! Чай и мёд",

	100: "שָׁלוֹם לכולם, ניפגש בגינה הקהילתית",
	101: "सामुदायिक उद्यान में किताबें बाँटेंगे",
	102: "Η γιορτή της γειτονιάς είναι το Σάββατο, Σίσυφος",
	103: "Діти та п’ять кошенят. Łódź, Ærøskøbing, Đà Nẵng",
}

// questions are what people type, and the texts that they mean. Where a text
// has the word within another, as in compounds, it is not found: words are
// found by their beginning.
var questions = []struct {
	typed string
	want  []int
}{
	{"garden", []int{1, 2}},
	{"garden ", []int{1}},
	{"GARDEN club", []int{1}},
	{"club garden", []int{1}},
	{"tomat", []int{2}},
	{"cafe", []int{2}},
	{"café ", []int{2}},
	{"naive", []int{3}},
	{"3e8x", []int{3}},
	{"b12", []int{3}},
	{"b1", []int{3}},
	{"6 pm", []int{1}},
	{"garden tomatoes snow", nil},
	{"gard NOT club", nil},

	{"strasse", []int{10, 12}},
	{"Straße", []int{10, 12}},
	{"strasse ", []int{10}},
	{"strassenbahn", []int{12}},
	{"STRASSENFEST", []int{10}},
	{"fest", nil},
	{"groesse", nil},
	{"grosse", []int{10}},
	{"mullers apfel suss", []int{11}},
	{"weiss", []int{12}},
	{"18 uhr", []int{10}},

	{"istanbul", []int{20}},
	{"İSTANBUL", []int{20}},
	{"ISTANBUL", []int{20}},
	{"isik", []int{20}},
	{"IŞIK", []int{20}},
	{"ilik", []int{21}},
	{"diyarbakır", []int{21}},
	{"cay", []int{20}},

	{"ete", []int{30}},
	{"ecole", []int{30}},
	{"fete besancon", []int{30}},
	{"coeur", []int{31}},
	{"eleve deja", []int{31}},

	{"東京", []int{40}},
	{"京都", []int{40}},
	{"公園", []int{40}},
	{"花見", []int{40}},
	{"組織", []int{41, 51}},
	{"住民", []int{41}},
	{"まちづくり", []int{41}},
	{"パーティー", []int{41, 42}},
	{"ﾊﾟｰﾃｨｰ", []int{41, 42}},
	{"はーてぃー", nil},
	{"バーティー", nil},
	{"猫", []int{42}},
	{"3時", []int{42}},
	{"花", []int{40, 50}},
	{"公園 花見", []int{40}},

	{"花园", []int{50}},
	{"社区花园", []int{50}},
	{"手套", []int{50}},
	{"居民", []int{51}},
	{"加", []int{51}},

	{"한글", []int{60}},
	{"모임", []int{60}},
	{"토요일", []int{60}},
	{"도서관", []int{61}},
	{"책", []int{61}},

	{"مرحبا", []int{70}},
	{"الحديقة", []int{70}},
	{"20 مايو", []int{70}},
	{"احمد", []int{71}},
	{"مدرسه", []int{71}},
	{"الحي", []int{71}},
	{"اولياء", []int{71}},

	{"สวนชุมชน", []int{80}},
	{"กินข้าว", []int{80}},
	{"ข้าว", []int{80}},
	{"ขาว", []int{81}},
	{"กัน", []int{80}},
	{"โรงเรียน", []int{81}},

	{"елка", []int{90}},
	{"ЁЛКА", []int{90}},
	{"собрани", []int{90}},
	{"мед", []int{91}},
	{"организация двора", []int{91}},

	{"שלום", []int{100}},
	{"בגינה", []int{100}},
	{"किताब", []int{101}},
	{"कीताब", nil},
	{"γιορτη", []int{102}},
	{"σίσυφοσ", []int{102}},
	{"п'ять", []int{103}},
	{"lodz aeroskobing", []int{103}},
	{"da nang", []int{103}},

	{`"garden" OR "x`, nil},
	{"'; drop table texts; --", nil},
	{"garden*", []int{1, 2}},
	{"z:garden", nil},
}
