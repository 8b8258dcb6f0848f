"""The words of :mod:`~mmfusion_distill.annotation.answers.denial`: parts of regular expressions, lower case."""

#: A whole description, or its beginning before a comma or full stop, that denies.
DENIALS = (
    r"no|none|nope|n|not|never|nil|null|false|negative|absent|nothing|n/?a|not (?:at all|really)"
    r"|no(?:ne)? at all|unlikely"
    r"|nonexistent|non-existent|negligible|undetectable|imperceptible|insignificant|inapplicable"
    r"|undetected|unobserved|unseen|unnoticeable|missing|lacking|rejected|dismissed|nah|f|off|disabled|zero"
    r"|none (?:whatsoever|to speak of|of note)|nowhere(?: (?:to be )?(?:seen|found|visible|evident))?"
    r"|false (?:positive|alarm)|no (?:confidence|likelihood|probability|chance)"
    r"|(?:minimal|little|few|slim) (?:to|or|if) (?:none|any|nothing)|no such (?:thing|event|effect)(?: here)?"
)
#: Verbs that deny without a negation, whatever follows.
GONE = (
    r"(?:(?:it|this|that) )?(?:(?:(?:remains?|stays?|is|was|are|were|goes) )?(?:entirely |completely |wholly )?"
    r"(?:absent|undetected|unseen|unobserved|invisible|unnoticed|out of the question)"
    r"|(?:can|may|could|must|should) be (?:ruled out|excluded|dismissed|discounted)"
    r"|(?:is |was |has been |are |were )?(?:ruled out|excluded|discounted)|(?:escapes?|eludes?"
    r"|evades?) (?:detection"
    r"|notice|the eye)|(?:plays?|has|have) no (?:role|part|bearing|relevance|effect|influence)"
    r"|(?:refrains? from|avoids?) (?:appearing|showing))\b"
)
#: Signs that deny whatever follows.
CROSSES = r"×|✗|✘|❌|❎|✖|🚫|⛔|👎|☐|⬜|☆+|\[ ?\]"
#: One that does not know.
UNKNOWN = (
    r"(?:i am |i'm |it is )?(?:unknown|unclear|uncertain|undetermined|inconclusive|indeterminate"
    r"|not (?:sure|certain|clear|determinable|assessable)"
    r"|(?:cannot|can't|unable to|hard to) (?:be )?(?:determine[d]?|assess(?:ed)?|tell|say|judge[d]?))"
)
#: Denies what follows it.
NEGATORS = (
    r"no|not any|without(?: any)?|zero|free (?:of|from)|lacks?(?: any)?|lacking(?: any)?|(?:absence"
    r"|lack) of(?: any)?"
    r"|neither|far from|hardly any|barely any|devoid of|nothing (?:like|of)|(?:little|minimal) (?:to|or) no"
    r"|nothing (?:to suggest|that suggests|suggesting|to indicate|that indicates|indicating|suggests|indicates)"
)
#: Denies the word before or behind it.
NOT = (
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|seems?|appears?)(?: not|n't)|cannot|can not"
    r"|can't|not"
    r"|never|(?:(?:is|are|was|were) )?no longer|fail(?:s|ed|ing)? to"
    r"|(?:is|are|was|were) (?:never|hardly|barely|scarcely)"
)
#: "Not without noise", "no part is free of haze", "one cannot say that there is no haze".
DOUBLE = (
    r"(?:\b(?:not|never|by no means|hardly)|n't|\bno(?: \w+){1,5}? (?:is|are|was|were)|\bno \w+)(?: [\w-]+)?? "
    r"(?:without|free (?:of|from)|lack(?:s|ing)?|devoid of)\b"
    r"|\b(?:(?:cannot|can't|could not|couldn't|impossible to|wrong to)(?: be)? (?:say|said|claim(?:ed)?|argued?)"
    r"|not (?:true|correct|the case)|not|untrue|wrong) that\b[^.;]{0,80}?\b(?:no|not|without|absent"
    r"|free (?:of|from))\b"
)
#: What is denied behind NOT: the presence of something.
THERE = (
    r"(?:be |been |being |to be |to |seem |appear |an? |any |(?:currently|clearly|really|readily"
    r"|actually|particularly"
    r"|strongly|explicitly"
    r"|obviously|significantly|visibly|even|prominently|noticeably|considered|deemed) )*"
    r"(?:present|visible|seen|see|detected|detectable|detect|observed|observable|observe|found|find|noticed"
    r"|noticeable|notice"
    r"|evident|apparent|applicable|identified|noted|discernible|perceptible|there|exists?|existent|the case"
    r"|significant"
    r"|relevant|affected|indicated|occurring|appl(?:y|ies)|occur|happen|arise|needed|required"
    r"|necessary|prominent|obvious|appear(?:s|ing|ed)?|materiali[sz]e[sd]?|show up|confirmed|spotted|spot|rated"
    r"|(?:a )?part of (?:this|the) (?:scene|image|pair)|something (?:i|we|one|that)(?: can)? (?:see|find"
    r"|detect|be seen)"
    r"|(?:\w+ )?(?:issue|problem|concern|factor))"
)
#: What may stand between a negator and the event.
ALLOWED = (
    r"visible|noticeable|obvious|apparent|significant|clear|strong|severe|serious|major|minor|real"
    r"|substantial|evident"
    r"|detectable|discernible|perceptible|observable|particular|relevant|notable|appreciable|marked"
    r"|pronounced|excessive"
    r"|extreme|additional|heavy|much|actual|overall|thermal|infrared|ir|image|picture|sensor|camera|digital"
    r"|random"
    r"|signs?|evidence|indications?|traces?|hints?|symptoms?|presence|kind|form|type|of|any|the|a|an|such"
    r"|or|and|nor|other"
    r"|show(?:s|n|ing)?|exhibit(?:s|ing)?|contain(?:s|ing)?|display(?:s|ing)?|have|appears?|looks?|seems?"
    r"|suffers?|see|observe|detect|find|notice|presents?|from|to|be|been|affected|by|very|too|so|overly"
    r"|excessively"
    r"|particularly|especially|require|need|considered|deemed|global|local|spot|even|slight(?:ly)?|at all|hint"
)
#: General words for what an event is.
GENERAL_WORDS = (
    r"degradations?|issues?|problems?|defects?|concerns?|such (?:effect|event|condition)s?|impairments?"
    r"|anomal(?:y|ies)"
    r"|this (?:event|degradation|effect|condition)|(?:event|condition|effect)s?"
)
#: Who or what does not show the event.
SUBJECT = (
    r"(?:(?:the|this|both|either|each|neither|these|any|our|of|first|second|visible|infrared|thermal|ir|rgb"
    r"|visible-light"
    r"|input|given|source|whole|entire|overall|daytime|pair|two|and|left|right|ct|pet|spect|mri|medical) )*"
    r"(?:images?|pictures?|photos?|photographs?|frames?|scenes?|sources?|views?|modalit(?:y|ies)|one|pair"
    r"|it|they|i|we"
    r"|visible|infrared|exposure|lighting|light|illumination|brightness|visibility|air|edges|details"
    r"|contours|this"
    r"|everything"
    r"|that|there)(?: itself)?"
)
#: Openings before a denial.
OPENINGS = (
    rf"(?:there (?:is|are|was|were|appears? to be|seems? to be|isn't|aren't)|there's"
    rf"|{SUBJECT}(?: (?:is|are|was|were|has|have|shows?|contains?|exhibits?|displays?|appears?(?: to (?:be"
    rf"|have))?|looks?"
    rf"|presents?|seems?(?: to (?:be|have))?|suffers?|(?:can )?(?:see|find|detect|observe|notice)))?"
    rf"|shows?|contains?|has|have|exhibits?|displays?|with|is|are|appears?(?: to be)?)"
)
#: Where a denial ends and an exception may begin.
CONTRASTS = (
    r"\b(?:but|however|except(?: for)?|although|though|yet|apart from|aside from|other than|besides"
    r"|only|while|whereas)\b"
)
#: Words that mean an event, beside its names.
EVENT_WORDS = {
    "low_light": r"low[- ]?light(?:ing)?|dark(?:ness|er|ened)?|dim(?:ness|med|ly)?|under[- ]?expos\w*"
    r"|night(?:time)?|gloom\w*"
    r"|(?:poor|insufficient|low|weak|bad|inadequate) (?:light(?:ing)?|illumination|brightness|exposure"
    r"|luminance)|poorly lit",
    "over_exposure": r"over[- ]?expos\w*|over[- ]?bright\w*|glare|blown[- ]out|blow-?outs?|bloom(?:ing)?"
    r"|saturat\w*|flare|clipp\w*"
    r"|too bright|burnt[- ]out|washed[- ]out|(?:blown |bright )?highlights?|excessive brightness",
    "haze": r"haz(?:e|y|iness)|fog(?:gy|giness)?|mist(?:y)?|smok(?:e|y)|smog|veil(?:ed)?|dust(?:y)?",
    "high_noise": r"nois(?:e|y|iness)|grain(?:y|iness)?|speckles?",
    "ir_noise": r"nois(?:e|y|iness)|grain(?:y|iness)?|speckles?",
    "motion_blur": r"(?:motion[- ])?blur(?:red|ry|ring|riness)?|smear(?:ed|ing)?|(?:camera )?shake|ghosting"
    r"|defocus\w*|out of focus"
    r"|unsharp\w*",
    "ir_low_contrast": r"(?:low|poor|weak|insufficient|lack of|reduced|bad)[- ](?:thermal |infrared "
    r"|ir )?contrast"
    r"|contrast (?:issue|problem|loss|reduction)s?|low[- ]contrast",
    "sensor_artifact": r"art[ie]facts?|strip(?:es?|ing)|band(?:s|ing)|dead pixels?|(?:fixed )?patterns?"
    "|sensor defects?|(?:scan ?)?lines?"
    r"|vignett\w*|hot pixels?",
    "noise_suppression": r"nois(?:e|y)|grain(?:y)?",
    "artifact_reduction": r"art[ie]facts?|strip(?:es?|ing)|ghost(?:s|ing)|streaks?",
    "detail_enhancement": r"blur(?:red|ry|ring)?|loss of detail",
    "contrast_enhancement": r"low contrast|poor contrast",
    "structure_consistency": r"misalign\w*|inconsisten\w*|misregist\w*",
    "edge_preservation": r"soft edges|blurred edges",
}
#: What an image is where the event is not, as a whole clause about it.
OPPOSITES = {
    "low_light": r"(?:the )?(?:lighting|illumination|light|brightness) (?:is|looks|seems) (?:very "
    r"|quite )?(?:good|strong"
    r"|ample)|(?:shot|captured|recorded) (?:in|by|at) (?:broad |bright |full )?day(?:light|time)?"
    r"|well[- ]?lit|well[- ]illuminated|(?:adequately|sufficiently|properly|evenly) (?:lit"
    "|illuminated|exposed)"
    r"|(?:(?:in|under|a|taken in) )?(?:(?:broad|bright|full) )?day(?:light|time)(?: scene)?"
    r"|bright(?:ly lit| enough)?|adequate|sufficient|fine|ok(?:ay)?|normal|well[- ]exposed|(?:good"
    r"|sufficient|adequate|normal|bright) (?:light(?:ing)?"
    r"|illumination|brightness|exposure)|daylight",
    "over_exposure": r"well[- ]exposed|well[- ]balanced|balanced|(?:properly|correctly|evenly|normally) exposed"
    r"|(?:good|balanced|normal|proper) (?:exposure|brightness)"
    r"|(?:the )?(?:highlights?|sky|lamps?) (?:keeps?|retains?|preserves?|(?:is|are) (?:preserved"
    r"|intact))(?! no\b)(?: \w+){0,4}",
    "haze": r"(?:die )?(?:luft|sicht) ist klar|l'air est clair|el aire (?:es|está) claro|空气清晰|clear"
    r"|crisp|good|excellent|unobstructed|haze-free|fog-free|(?:good|clear) (?:visibility|air|sky|view)",
    "high_noise": r"clean|smooth|noise-free|grain-free|noiseless",
    "ir_noise": r"(?:the )?(?:signal|sky) is (?:clean|smooth)|clean|smooth|noise-free|grain-free|noiseless",
    "motion_blur": r"(?:tack |razor )?sharp|crisp|in focus|well[- ]focused|blur-free",
    "ir_low_contrast": r"(?:good|high|strong|clear|sufficient|adequate) (?:thermal |infrared )?contrast"
    r"|contrast-rich|(?:the )?(?:thermal |infrared |ir )?contrast (?:is|looks|seems|appears) (?:very "
    r"|quite )?(?:good"
    r"|high|strong|clear|sufficient|adequate|fine|ok(?:ay)?|normal)",
    "sensor_artifact": r"uniform(?: response)?|(?:the )?(?:rows|columns|response) (?:is|are) uniform|clean"
    r"|artifact-free|artefact-free",
}
#: What stands out clearly where the event is not: the whole text says so, of one of these.
CLEAR_THINGS = {
    "haze": r"hills?|mountains?|horizon|skyline|background|buildings?|trees?|distance|details?|objects?",
    "low_light": r"details?|roads?|streets?|signs?|lanes?|surroundings|ground",
    "ir_low_contrast": r"people|persons?|pedestrians?|walkers?|humans?|targets?|objects?|cars?|vehicles?"
    r"|bodies|figures?"
    r"|animals?|riders?|cyclists?",
    "motion_blur": r"edges?|plates?|letters?|details?|contours?|outlines?|signs?|text",
}
#: How it is said.
CLEARLY = (
    r"(?:stands? out|shows? up clearly|contrasts? well|separates? well|can be (?:seen|read|made out"
    r"|distinguished"
    r"|recogni[sz]ed|told apart)"
    r"|(?:is|are|remains?|stays?|looks?|appears?) (?:(?:very |quite |all |still )?(?:clearly|easily|well"
    r"|plainly|sharply"
    r"|readily|fully|perfectly|clear and)[ -](?:visible|seen|distinguishable|recogni[sz]able|discernible"
    r"|separated|defined"
    r"|legible|readable|resolved|lit)|(?:(?:very |quite |all |still )?(?:distinct|clear|crisp|sharp|legible"
    r"|readable))))"
)
#: Bare denials of other languages.
FOREIGN_BARE = (
    r"无|無|没有|沒有|否|不是|没|不存在|不适用|不適用|不明显|不明顯|不可见|不可見|看不出|没有出现|沒有出現"
    r"|未见|未見|未发现|未發現"
    r"|未检测到|未檢測到|未检出|未观察到|未觀察到|未出现|看不到|并无"
    r"|なし|無し|いいえ|ない|ありません|該当なし|見られない|見られません|検出されない|検出されません"
    r"|確認できません|存在しない"
    r"|없음|없다|없습니다|아니오|아니요|해당 없음|보이지 않음|보이지 않습니다|관찰되지 않음|감지되지 않음"
    r"|nein|keine?[rsnm]?(?: (?:vorhanden|sichtbar|erkennbar|zu (?:sehen|erkennen)))?|nichts|entfällt"
    r"|fehlanzeige|weder [^.,;]{1,60}? noch [^.,;]{1,60}|ni [^.,;]{1,60}? ni [^.,;]{1,60}"
    r"|trifft nicht zu|liegt nicht vor|tritt nicht auf|erscheint nicht|spielt keine rolle"
    r"|(?:ist )?nicht (?:vorhanden|sichtbar|erkennbar|zu sehen|zu erkennen"
    r"|feststellbar|nachweisbar|zutreffend|gegeben|erkannt)"
    r"|non|aucune?(?: signe| trace)?|néant|il n'y en a pas|pas du tout|absente?s?(?: (?:de|des"
    r"|dans)(?: \w+){1,3})?|on n'en (?:voit|distingue|observe) (?:pas|aucune?)"
    r"|(?:n'est |n'a été )?pas (?:visible"
    r"|présente?|détectée?|observée?|applicable)|n'apparaît pas|non (?:visible"
    r"|présente?|détectée?|observée?|applicable)"
    r"|ningun[oa]|ausente|no existe|no aparece|sin (?:evidencia|signos|indicios)|no (?:presente|visible|aplica"
    r"|detectad[oa]|observad[oa]|hay|se observa|se aprecia"
    r"|se detecta|está presente|es visible)"
    r"|não|nenhuma?|não (?:existe|aparece)|sem (?:evidência|sinais)|não (?:presente|visível|detectad[oa]"
    r"|observad[oa]|há|se aplica|aplicável|está presente"
    r"|é visível)"
    r"|nessun[oa]?|assente|non c'è|nessun (?:segno|traccia)|non (?:presente|visibile|rilevat[oa]"
    r"|osservat[oa]|applicabile|è presente|è visibile)"
    r"|нет|отсутству(?:ет|ют)|отсутствие|не (?:видн[оыа]?|обнаружен[оыа]?|наблюда(?:ется|ются)|заметен"
    r"|заметн[оаы]|выявлен[оыа]?|присутствует|применимо|имеется)"
    r"|nee|geen|afwezig|niet (?:aanwezig|zichtbaar|waarneembaar)|nej|nei|ing[ea][nt]?|saknas"
    r"|ikke (?:synlig|til stede)"
    r"|nie|brak|nieobecn[aey]|niewidoczn[aey]|nie (?:widać|występuje)|ne|není|žádn[ýáé]|немає|ні|відсутн\w+"
    r"|nincs"
    r"|hayır|yok|mevcut değil|görünmüyor|không(?: có| thấy)?|tidak(?: ada| terlihat)?|nu|όχι|لا(?: يوجد)?"
    r"|غير موجود"
    r"|नहीं(?: है)?|ไม่มี|ไม่ใช่|ei(?: ole)?|nem"
)
#: Negators of other languages before an event: "pas de brume", "没有雾".
FOREIGN_NEGATED = (
    r"(?:没有|沒有|没|无|無|未见|未見|未发现|未发现到|未检测到|未观察到|不存在|看不到|看不出有?|并无|未出现"
    r"|没有出现"
    r"|没有发现)(?:任何|明显的?|明顯的?|显著的?|可见的?|出现|严重的?)*"
    r"|\b(?:kein\w*|ohne|weder|nicht)(?: (?:sichtbar\w*|erkennbar\w*|nennenswert\w*|deutlich\w*|stark\w*"
    r"|von))*\s+"
    r"|\b(?:pas (?:de |d['’])|aucune? |sans |ni )(?:(?:signe|trace)s? (?:de |d['’]))?"
    r"|\b(?:sin |no hay |no se (?:observa|aprecia|detecta|ve)n? |ningun[oa]? |ningún )(?:(?:signo"
    r"|señal)\w* de )?"
    r"|\b(?:sem |não há |não se observa |nenhuma? )(?:(?:sina(?:l|is)) de )?"
    r"|\b(?:senza |nessun[oa']? ?|non c'è |non ci sono )(?:(?:segni|tracce) di )?"
    r"|(?:\b|(?<=\s)|^)(?:без |нет |не (?:видно|наблюдается|обнаружено|заметно) |отсутствует "
    r"|отсутствуют )(?:(?:признаков|следов) )?"
)
#: Denials behind an event: "霧は見られない", "туман не наблюдается".
FOREIGN_BEHIND = (
    r"(?:は|が|も)?(?:なし|ない|ありません|見られない|見られません|検出されない|検出されません"
    r"|検出されていません|存在しない|存在しません|確認できない|確認できません|認められない|認められません)"
    r"|(?:이|가|은|는|도)? ?(?:없음|없다|없습니다|없고|보이지 않|관찰되지 않|감지되지 않|나타나지 않)"
    r"|(?:现象|問題|问题)?(?:不存在|不明显|不明顯|未见|未发现|未检测到|未观察到)"
    r"| (?:ist |sind |wird )?nicht (?:vorhanden|sichtbar|erkennbar|zu sehen|zu erkennen|feststellbar)"
    r"| n['’](?:est|a)\w* pas| (?:est |sont )?absente?s?"
    r"| no (?:está|es|se) | não (?:está|é|há|se) | non (?:è|sono|si) |(?:\w{1,3})?(?: \w+)? (?:нет\b"
    r"|не (?:наблюда|видн|обнаруж|замет|выявл|присутств)|отсутств)\w*"
)
#: Answers that something is there.
YES = (
    r"yes|yeah|yep|yup|y|t|true|on|enabled|👍|present|detected|observed|confirmed|affirmative|visible"
    r"|✓|✔|✅|☑|\[x\]|是|是的|有"
    r"|存在|はい|あり|예|네|있음"
    r"|ano|igen|ναι|ya|kyllä|มี|ใช่"
    r"|ja|oui|sí|si|sim|sì|да|есть|tak|evet|có|نعم|हाँ"
)
#: Any event in English words.
ANY_EVENT = "|".join(dict.fromkeys(EVENT_WORDS.values()))
#: Names of the infrared source, instead of a key or a heading.
INFRARED = r"(?:infrared|thermal|ir)(?:[ _](?:image|picture|source|photo))?|image_b"
VISIBLE = r"(?:visible|rgb)(?:[ _](?:light|image|picture|source|photo))*|image_a"
