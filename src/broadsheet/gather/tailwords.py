"""What sites hang on to their texts, by language: data for `tails`."""

from __future__ import annotations

# Invitations to read on. A paragraph, or the end of one after a sentence, that is nothing else goes.
ONWARD = frozenset(
    """
read more|read on|more|continue reading|keep reading|full story|read full story|read full article|learn more
weiterlesen|mehr lesen|lesen sie mehr|lesen sie hier weiter|hier weiterlesen|jetzt lesen|mehr dazu|mehr erfahren
artikel lesen|den ganzen artikel lesen|ganzen artikel lesen|zum artikel|zum ganzen artikel|zum beitrag|beitrag lesen
lire la suite|lire plus|lire l'article|lire l'article complet|lire l'article en entier|en savoir plus|voir plus|la suite
lire la suite de l'article|lire davantage|cliquez ici pour lire la suite
leer más|ver más|seguir leyendo|sigue leyendo|leer noticia completa|leer la noticia completa|leer artículo completo
leer el artículo completo|leer nota completa|continuar leyendo|saber más|más información|llegir més|llegeix més
leggi tutto|leggi di più|leggi l'articolo|leggi l'articolo completo|continua a leggere|continua la lettura|scopri di più
leia mais|ler mais|leia a matéria completa|continuar lendo|continue lendo|continuar a ler|saiba mais|ver mais
lees meer|lees verder|meer lezen|verder lezen|lees het hele artikel|lees het volledige artikel
läs mer|läs vidare|fortsätt läsa|läs hela artikeln|læs mere|læs videre|læs hele artiklen|les mer|les videre
les hele saken|les hele artikkelen|lue lisää|lue koko juttu|jatka lukemista|lesa meira|loe edasi|loe rohkem
lasīt vairāk|lasīt tālāk|skaityti daugiau|skaityti toliau|czytaj więcej|czytaj dalej|czytaj całość|przeczytaj więcej
dowiedz się więcej|číst dále|číst více|celý článek|čítať ďalej|čítať viac|celý článok|olvass tovább|olvasson tovább
tovább olvasom|bővebben|citește mai mult|citeşte mai mult|citește mai departe|citeşte mai departe|vezi mai mult
pročitaj više|pročitajte više|čitaj dalje|opširnije|preberi več|preberite več|прочитај више|опширније|прочетете повече
прочети още|прочети повече|виж още|читать далее|читать дальше|читать полностью|подробнее|далее|читати далі
читати більше|детальніше|чытаць далей|διαβάστε περισσότερα|διαβάστε τη συνέχεια|devamını oku|devamı|daha fazla oku
lexo më shumë|اقرأ المزيد|المزيد|اقرأ أكثر|ادامه مطلب|بیشتر بخوانید|مزید پڑھیں|קרא עוד|קראו עוד|להמשך קריאה|और पढ़ें|आगे पढ़ें
আরও পড়ুন|மேலும் படிக்க|baca selengkapnya|baca juga selengkapnya|selengkapnya|baca lagi|xem thêm|đọc tiếp|xem chi tiết
อ่านต่อ|อ่านเพิ่มเติม|続きを読む|もっと読む|全文を読む|記事全文を読む|阅读更多|阅读全文|查看全文|查看更多|閱讀全文|繼續閱讀|閱讀更多
더 보기|더보기|자세히 보기|계속 읽기|전문 보기|basahin pa|soma zaidi
""".strip()
    .replace("\n", "|")
    .split("|")
)

# What a paragraph alone may not be: a button, a heading of furniture, an advertisement's mark.
FURNITURE = frozenset(
    """
mehr|więcej|více|viac|tovább|περισσότερα|suite|continua|related|related posts|related articles|related stories
share|share this|share this post|share this article|share now|like this|loading|like loading|like this: like loading
subscribe|subscribe now|upgrade to paid|give a gift subscription|get more from us in the app|start writing today
this post is for paid subscribers|this post is for subscribers|sign up|sign up now|sign in|log in|leave a comment
teilen|jetzt teilen|artikel teilen|partager|partager l'article|compartir|condividi|compartilhar|partilhar|delen|dela
jaa|udostępnij|sdílet|zdieľať|megosztás|поделиться|поділитися|paylaş|シェア|共有|分享|공유하기|advertisement|advertising
anzeige|werbung|publicité|publicidad|pubblicità|publicidade|advertentie|annons|annonse|annonce|mainos|reklama|реклама
reklam|hirdetés|publicitate|διαφήμιση|広告|广告|광고|إعلان|פרסומת|iklan|quảng cáo
""".strip()
    .replace("\n", "|")
    .split("|")
)

# The same, where the other story's headline follows: a paragraph that begins so and is no sentence.
ALSO = (
    r"continue reading|keep reading|read the rest of|read also|also read|see also|read next|lesen sie auch"
    r"|lesen sie hierzu|lies auch|mehr zum thema|weiterlesen auf|lire aussi|à lire aussi|a lire aussi"
    r"|à lire également|voir aussi|lee también|lea también|te puede interesar|también te puede interesar"
    r"|seguir leyendo|leggi anche|leggi pure|continua a leggere|leia também|leia mais|veja também|lees ook"
    r"|läs också|läs även|læs også|les også|lue myös|czytaj też|czytaj także|zobacz też|zobacz także"
    r"|přečtěte si také|čtěte také|čítajte tiež|olvassa el|citește și|pročitajte i|читайте также|читайте ещё"
    r"|читайте також|διαβάστε επίσης|baca juga|xem thêm|اقرأ أيضا|اقرأ أيضًا"
)

# "The post ... appeared first on ...": what such a line begins with, and what it goes on with. WordPress, by language.
CREDIT_BEGINS = (
    r"(?:the|this) (?:story|article|post|entry|piece|interview)|(?:der|dieser) (?:beitrag|artikel)|l[’']article"
    r"|cet article|l[’']articolo|(?:il|questo) post|la entrada|(?:el|este) (?:artículo|post|contenido)"
    r"|la publicación|[oe](?:ste)? (?:post|artigo|conteúdo|texto)|l[’']entrada|het (?:bericht|artikel)"
    r"|(?:det här )?inlägget|indlægget|innlegget|artykuł|wpis|post|příspěvek|článek|článok|príspevok|objava|članak"
    r"|запись|сообщение|статья|пост|публікація|запис|публикацията|artikkeli|articolul|postarea|a\(z\)|(?:το"
    r"|τo) (?:άρθρο|post)|bài viết|artikel|投稿|文章"
)
CREDIT_VERBS = (
    r"first appeared (?:on|at)|appeared first (?:on|in|at)|was (?:originally|first) (?:published|posted) (?:on|in"
    r"|at|by)|erschien zuerst (?:auf|bei|in)|est apparu en premier (?:sur|dans)|proviene da"
    r"|sembra essere il primo su|(?:apareció|aparece|se publicó) (?:primero|por primera vez) en|(?:apareceu"
    r"|aparece) primeiro (?:em|no|na)|ha aparegut primer a|verscheen eerst op|dök först upp på"
    r"|(?:blev først udgivet|dukkede først op|vises først) på|(?:dukket først opp|vistes først) på"
    r"|pochodzi z serwisu|pojawił się po ?raz pierwszy (?:w|na)|se nejdříve objevil|zobrazen najskôr"
    r"|pojavila se prvo|впервые появил\w+|появил\w+ сначала|вперше з[’']явив\w*|появи за пръв път"
    r"|julkaistiin ensimmäisenä|apare prima dată|először .{1,100} jelent meg|εμφανίστηκε πρώτα|xuất hiện đầu tiên"
    r"|muncul pertama kali|最初に表示|最先出现|最先出現"
)
# One of these is in every credit, in small letters; most texts are ASCII, and need not be asked for the others.
CREDIT_WORDS_ASCII = (
    "first appeared", "appeared first", "originally published", "first published", "was published",
    "originally posted", "first posted", "was posted", "erschien", "apparu", "proviene", "il primo su", "primero",
    "primera vez", "primeiro", "primer a", "verscheen eerst", "pochodzi z", "raz pierwszy", "prvo", "julkaistiin",
    "jelent meg", "pertama kali",
)  # fmt: skip
CREDIT_WORDS = (
    *CREDIT_WORDS_ASCII, "först upp",
    "først", "pochází", "nejdříve", "najskôr", "появил", "явив", "за пръв път", "prima dată", "εμφανίστηκε",
    "đầu tiên", "最初に", "最先", "yazısı ilk",
)  # fmt: skip
