"""Texts in many languages: common words, shuffled, in lines.

Each language has encodings of its own, in which such texts were stored.
"""

import random

WORDS = {
    "Arabic": (
        "السلام العالم ولد بنت بيت مدرسة معلم كتاب ماء خبز سمك شجرة زهرة "
        "مطر ريح شمس بحر جبل نهر مدينة شارع قطار اليوم غدا أمس يأكل ينام "
        "يمشي يركض يتكلم يسمع يقرأ يكتب أب أم أخ أخت صديق حب جميل كبير "
        "صغير ولكن أو لا نعم من إلى في على مع هو هي أنا أنت"
    ),
    "Chinese": (
        "今天 天氣 很 好 我們 去 學校 老師 學生 書 水 飯 魚 樹 花 雨 風 "
        "太陽 海 山 河 城市 街 火車 明天 昨天 吃 睡 走 跑 說 聽 讀 寫 父親 "
        "母親 哥哥 妹妹 朋友 愛 美麗 大 小 但是 或者 不 是 的 你 他 。 ，"
    ),
    "Danish": (
        "hej verden barn hus skole lærer bog vand brød fisk træ blomst "
        "regn vind sol hav bjerg flod by gade tog i dag i morgen i går "
        "spise sove gå løbe tale høre læse skrive far mor bror ven "
        "kærlighed smuk stor lille men eller ikke ja for på er og"
    ),
    "Esperanto": (
        "saluton mondo infano domo lernejo instruisto libro akvo pano fiŝo "
        "arbo floro pluvo vento suno maro monto rivero urbo strato trajno "
        "hodiaŭ morgaŭ hieraŭ manĝi dormi iri kuri paroli aŭskulti legi "
        "skribi patro patrino frato amiko amo bela granda malgranda sed aŭ "
        "ne ĉu ĝi ĵaŭdo ĉiu"
    ),
    "Farsi": (
        "سلام جهان کودک خانه مدرسه معلم کتاب آب نان ماهی درخت گل باران باد "
        "خورشید دریا کوه رود شهر خیابان قطار امروز فردا دیروز خوردن "
        "خوابیدن رفتن دویدن گفتن شنیدن خواندن نوشتن پدر مادر برادر دوست "
        "عشق زیبا بزرگ کوچک"
    ),
    "Finnish": (
        "hyvä päivä maailma lapsi tyttö talo koulu opettaja kirja vesi "
        "leipä kala metsä kukka sade tuuli meri vuori joki kylä katu juna "
        "tänään eilen syödä nukkua mennä lähteä kuulla isä äiti ystävä yö "
        "iso pieni mutta tai ei ja hän tämä älä"
    ),
    "French": (
        "bonjour le monde enfant école élève maître livre eau pain poisson "
        "arbre fleur pluie été soleil mer montagne rivière cité forêt "
        "train aujourd’hui demain hier manger dormir marcher courir parler "
        "écouter lire écrire père mère frère sœur ami amour belle grande "
        "petite mais où à ça déjà très même être français garçon leçon "
        "hôtel"
    ),
    "German": (
        "Guten Tag Welt Kind Mädchen Haus Schule Lehrer Schüler Buch "
        "Bücher Wasser Brot Fisch Baum Bäume Blume Regen Wind Sonne Meer "
        "Berg Fluss Straße Stadt Zug heute morgen gestern essen schlafen "
        "gehen laufen sprechen hören lesen schreiben Vater Mutter Brüder "
        "Schwester Freund Liebe schön groß klein aber oder nicht für über "
        "und müssen können weiß"
    ),
    "Greek": (
        "καλημέρα κόσμος παιδί κορίτσι σπίτι σχολείο δάσκαλος βιβλίο νερό "
        "ψωμί ψάρι δέντρο λουλούδι βροχή άνεμος ήλιος θάλασσα βουνό ποτάμι "
        "πόλη δρόμος τρένο σήμερα αύριο χθες τρώω κοιμάμαι περπατώ τρέχω "
        "μιλώ ακούω διαβάζω γράφω πατέρας μητέρα αδελφός φίλος αγάπη "
        "όμορφη μεγάλο μικρό αλλά ή όχι ναι για με στο"
    ),
    "Hebrew": (
        "שלום עולם ילד ילדה בית ספר מורה ספרים מים לחם דג עץ פרח גשם רוח "
        "שמש ים הר נהר עיר רחוב רכבת היום מחר אתמול אוכל ישן הולך רץ מדבר "
        "שומע קורא כותב אבא אמא אח אחות חבר אהבה יפה גדול קטן אבל או לא כן "
        "של את על עם הוא היא אני אתה"
    ),
    "Hungarian": (
        "helló világ gyerek ház iskola tanár könyv víz kenyér hal fa virág "
        "eső szél nap tenger hegy folyó város utca vonat ma holnap tegnap "
        "enni aludni menni futni beszélni hallgatni olvasni írni apa anya "
        "testvér barát szerelem szép nagy kicsi de vagy nem igen hogy és ő "
        "űr külön"
    ),
    "Icelandic": (
        "halló heimur barn hús skóli kennari bók vatn brauð fiskur tré "
        "blóm rigning vindur sól haf fjall á borg gata lest í dag á morgun "
        "í gær borða sofa ganga hlaupa tala hlusta lesa skrifa faðir móðir "
        "bróðir vinur ást falleg stór lítill en eða ekki já fyrir þetta "
        "það þú"
    ),
    "Japanese": (
        "日本 東京 学校 先生 学生 本 水 ご飯 魚 木 花 雨 風 太陽 海 山 川 "
        "町 道 電車 今日 明日 昨日 食べる 寝る 歩く 走る 話す 聞く 読む "
        "書く お父さん お母さん 兄 妹 友達 愛 きれい 大きい 小さい しかし "
        "または です ます これは それは 私の あなたの テレビ ニュース "
        "コーヒー 。 、"
    ),
    "Katakana": (
        "ｺﾝﾆﾁﾊ ｾｶｲ ｺﾄﾞﾓ ｲｴ ｶﾞｯｺｳ ｾﾝｾｲ ﾎﾝ ﾐｽﾞ ﾊﾟﾝ ｻｶﾅ ﾊﾅ ｱﾒ ｶｾﾞ ｳﾐ ﾔﾏ ｶﾜ ﾏﾁ "
        "ﾃﾞﾝｼｬ ｷｮｳ ｱｼﾀ ｷﾉｳ ﾀﾍﾞﾙ ﾈﾙ ｱﾙｸ ﾊｼﾙ ﾖﾑ ﾁﾁ ﾊﾊ ﾄﾓﾀﾞﾁ ｵｵｷｲ ﾁｲｻｲ ｡"
    ),
    "Kazakh": (
        "сәлем әлем бала үй мектеп мұғалім кітап су нан балық ағаш гүл "
        "жаңбыр жел күн теңіз тау өзен қала көше пойыз бүгін ертең кеше "
        "жеу ұйықтау жүру жүгіру сөйлеу тыңдау оқу жазу әке ана аға дос "
        "махаббат әдемі үлкен кіші бірақ немесе жоқ иә үшін"
    ),
    "Korean": (
        "안녕 세계 아이 소녀 집 학교 선생님 학생 책 물 밥 물고기 나무 꽃 "
        "비 바람 태양 바다 산 강 도시 길 기차 오늘 내일 어제 먹다 자다 "
        "걷다 뛰다 말하다 듣다 읽다 쓰다 아버지 어머니 형 누나 친구 사랑 "
        "아름다운 큰 작은 그러나 또는 아니다 그래 위해 그리고"
    ),
    "Lithuanian": (
        "labas pasauli vaikas namas mokykla mokytojas knyga vanduo duona "
        "žuvis medis gėlė lietus vėjas saulė jūra kalnas upė miestas gatvė "
        "traukinys šiandien rytoj vakar valgyti miegoti eiti bėgti kalbėti "
        "klausyti skaityti rašyti tėvas motina brolis draugas meilė graži "
        "didelis mažas bet arba ne taip į čia ąžuolas tęsti draugų"
    ),
    "Maori": (
        "kia ora te ao tamaiti whare kura kaiako pukapuka wai ika rākau "
        "ngā putiputi ua hau rā moana maunga awa tāone tēnei āpōpō kōrero "
        "kēhua pāpā māmā tuakana hoa nui iti engari rānei kāore āe mō ō"
    ),
    "Polish": (
        "dzień dobry świat dziecko dziewczyna dom szkoła nauczyciel "
        "książka woda chleb ryba drzewo kwiat deszcz wiatr słońce morze "
        "góra rzeka miasto ulica pociąg dziś jutro wczoraj jeść spać iść "
        "biec mówić słuchać czytać pisać ojciec matka brat siostra "
        "przyjaciel miłość piękna duży mały ale lub nie tak dla że już źle "
        "żółty"
    ),
    "Romanian": (
        "bună ziua lume copil casă şcoală profesor carte apă pâine peşte "
        "copac floare ploaie vânt soare mare munte râu oraş stradă tren "
        "astăzi mâine ieri a mânca dormi a merge vorbi asculta citi scrie "
        "tată mamă frate prieten dragoste frumoasă mic dar sau nu da "
        "pentru că și în este"
    ),
    "Russian": (
        "привет мир ребёнок девочка дом школа учитель книга вода хлеб рыба "
        "дерево цветок дождь ветер солнце море гора река город улица поезд "
        "сегодня завтра вчера есть спать идти бежать говорить слушать "
        "читать писать отец мать брат сестра друг любовь красивая большой "
        "маленький но или не да для это тот который было они Москва Россия "
        "Когда Потом"
    ),
    "Serbian": (
        "здраво свет дете кућа школа учитељ књига вода хлеб риба дрво цвет "
        "киша ветар сунце море планина река град улица воз данас сутра "
        "јуче јести спавати ићи трчати говорити слушати читати писати отац "
        "мајка брат пријатељ љубав лепа велики мали али или не да за ово "
        "џеп ђак"
    ),
    "Spanish": (
        "hola mundo niño casa escuela maestro libro agua pan pez árbol "
        "flor lluvia viento sol mar montaña río ciudad calle tren hoy "
        "mañana ayer comer dormir caminar correr hablar escuchar leer "
        "escribir padre madre hermano amigo amor hermosa grande pequeño "
        "pero o no sí qué también está más él ¿cómo ¡adiós"
    ),
    "Swedish": (
        "hej världen barn hus skola lärare bok vatten bröd fisk träd "
        "blomma regn vind sol hav berg flod stad gata tåg idag imorgon "
        "igår äta sova gå springa tala lyssna läsa skriva far mor bror vän "
        "kärlek vacker stor liten men eller inte ja för på är och"
    ),
    "Thai": (
        "ประเทศ ไทย ภาษา บ้าน โรงเรียน ครู นักเรียน หนังสือ น้ำ ข้าว ปลา "
        "ต้นไม้ ดอกไม้ ฝน ลม แดด ทะเล ภูเขา แม่น้ำ เมือง ถนน รถไฟ วันนี้ "
        "พรุ่งนี้ เมื่อวาน กิน นอน เดิน วิ่ง พูด ฟัง อ่าน เขียน เด็ก "
        "ผู้ใหญ่ พ่อ แม่ พี่ น้อง เพื่อน รัก สวย ใหญ่ เล็ก และ หรือ แต่ "
        "ไม่ ใช่ ที่ ของ"
    ),
    "Turkish": (
        "merhaba dünya çocuk kız ev okul öğretmen kitap su ekmek balık "
        "ağaç çiçek yağmur rüzgâr güneş deniz dağ nehir şehir sokak tren "
        "bugün yarın dün yemek uyumak yürümek koşmak konuşmak dinlemek "
        "okumak yazmak baba anne kardeş abla arkadaş aşk güzel büyük küçük "
        "ama veya değil evet için ile bu şu ışık gökyüzü"
    ),
    "Ukrainian": (
        "привіт світ дитина дівчина дім школа вчитель книга вода хліб риба "
        "дерево квітка дощ вітер сонце море гора річка місто вулиця поїзд "
        "сьогодні завтра вчора їсти спати йти бігти говорити слухати "
        "читати писати батько мати брат сестра друг любов гарна великий "
        "малий але або ні так для це той який було їжа ґанок європа"
    ),
    "Vietnamese": (
        "xin chào thế giới trẻ em nhà trường học giáo viên sách nước bánh "
        "mì cá cây hoa mưa gió mặt trời biển núi sông thành phố đường tàu "
        "hôm nay ngày mai ăn ngủ đi chạy nói nghe đọc viết cha mẹ anh em "
        "bạn yêu đẹp lớn nhỏ nhưng hoặc không"
    ),
    "Welsh": (
        "bore da byd plentyn tŷ ysgol athro llyfr dŵr bara pysgodyn coeden "
        "blodyn glaw gwynt haul môr mynydd afon dinas stryd trên heddiw "
        "yfory ddoe bwyta cysgu cerdded rhedeg siarad gwrando darllen "
        "ysgrifennu tad mam brawd ffrind cariad hardd mawr bach ond neu "
        "ŵyr ŷd"
    ),
}
ENCODINGS = {
    "Arabic": ("cp1256",),
    "Chinese": ("gb18030", "big5"),
    "Danish": ("cp1252", "cp865", "mac-roman"),
    "Esperanto": ("iso8859-3",),
    "Farsi": ("cp1256",),
    "French": ("cp1252", "mac-roman"),
    "German": ("cp1252", "mac-roman", "cp850"),
    "Greek": ("cp1253",),
    "Hebrew": ("cp1255",),
    "Hungarian": ("cp1250", "iso8859-2", "cp852"),
    "Icelandic": ("cp1252", "mac-iceland", "cp861"),
    "Japanese": ("euc-jp", "shift_jis"),
    "Kazakh": ("kz1048", "ptcp154"),
    "Korean": ("euc-kr", "cp949"),
    "Lithuanian": ("cp1257", "iso8859-13", "iso8859-4"),
    "Polish": ("cp1250", "iso8859-2"),
    "Romanian": ("iso8859-16", "cp1250", "cp852"),
    "Russian": ("cp866", "cp1251", "koi8-r"),
    "Serbian": ("cp1251", "iso8859-5"),
    "Spanish": ("cp1252", "cp850", "mac-roman"),
    "Swedish": ("cp1252", "cp850"),
    "Thai": ("cp874",),
    "Turkish": ("cp1254", "iso8859-9"),
    "Ukrainian": ("cp1125", "koi8-u", "cp1251"),
    "Vietnamese": ("cp1258",),
    "Welsh": ("iso8859-14",),
}


def text_of(language: str, length: int, seed: int = 0) -> str:
    """Return a text of so many characters in a language."""
    rng = random.Random(seed)
    words = WORDS[language].split()
    lines, count = [], 0
    while count < length:
        lines.append(
            f"{' '.join(rng.choices(words, k=9))}{rng.choice('.?!')}\n"
        )
        count += len(lines[-1])
    return "".join(lines)[:length]
