"""Names of events in other languages, as models answer that were prompted in English or not."""

#: Event -> its names, separated by semicolons; case, accents and hyphens do not matter.
TRANSLATIONS = {
    "low_light": "lågt ljus;dåligt ljus;mörker;mørke;svagt lys;dårligt lys;špatné světlo;tma;"
    "χαμηλός φωτισμός;σκοτάδι;gyenge fény;cahaya rendah;gelap;แสงน้อย;अंधेरा;"
    "低光照;低光;低照度;弱光;光照不足;光线不足;光線不足;照明不足;昏暗;黑暗;暗光;欠曝;曝光不足;"
    "低亮度;亮度不足;"
    "暗い;暗所;光量不足;露出不足;低光量;저조도;어두움;저조명;노출 부족;조명 부족;"
    "schwaches Licht;wenig Licht;Dunkelheit;dunkel;Unterbelichtung;unterbelichtet;Schwachlicht;geringe Beleuchtung;"
    "schlechte Beleuchtung;faible luminosité;faible éclairage;faible lumière;sous-exposition;sous-exposé;obscurité;"
    "sombre;luminosité insuffisante;poca luz;baja iluminación;baja luminosidad;subexposición;subexpuesto;oscuridad;"
    "iluminación insuficiente;luz baja;oscuro;pouca luz;baixa luminosidade;baixa iluminação;subexposição;escuridão;"
    "escuro;scarsa illuminazione;bassa luminosità;poca luce;sottoesposizione;oscurità;buio;слабое освещение;"
    "низкая освещенность;недостаточное освещение;плохое освещение;темнота;темно;недоэкспонирование;недодержка;"
    "weinig licht;onderbelichting;słabe oświetlenie;niedoświetlenie;ciemność;düşük ışık;az ışık;karanlık;"
    "слабке освітлення;thiếu sáng;إضاءة منخفضة;कम रोशनी",
    "over_exposure": "överexponering;overeksponering;přeexpozice;υπερέκθεση;túlexponálás;"
    "过曝;过曝光;过度曝光;曝光过度;过亮;高光溢出;强光;過曝;過度曝光;曝光過度;強光;露出過多;"
    "露出オーバー;"
    "白飛び;過露光;過露出;과다 노출;과노출;노출 과다;Überbelichtung;überbelichtet;surexposition;surexposé;"
    "éblouissement;sobreexposición;sobreexpuesto;deslumbramiento;superexposição;sobre-exposição;sobreexposição;"
    "superexposto;sovraesposizione;sovraesposto;переэкспонирование;переэкспозиция;передержка;пересвет;засветка;"
    "overbelichting;prześwietlenie;aşırı pozlama;dư sáng;تعريض زائد;अधिक एक्सपोज़र",
    "ir_low_contrast": "红外低对比度;红外对比度低;低红外对比度;热对比度低;红外对比度不足;紅外低對比度;紅外對比度低;"
    "赤外線低コントラスト;赤外低コントラスト;赤外線コントラスト低下;赤外線の低コントラスト;적외선 저대비;"
    "적외선 낮은 대비;"
    "적외선 대비 부족;geringer Infrarotkontrast;niedriger Infrarotkontrast;geringer IR-Kontrast;"
    "schwacher Infrarotkontrast;faible contraste infrarouge;faible contraste ir;faible contraste thermique;"
    "bajo contraste infrarrojo;bajo contraste ir;bajo contraste térmico;baixo contraste infravermelho;"
    "baixo contraste térmico;basso contrasto infrarosso;basso contrasto termico;низкий ик контраст;"
    "низкий контраст ик;низкий контраст инфракрасного изображения;низкий тепловой контраст",
    "ir_noise": "红外噪声;红外噪点;热噪声;紅外噪聲;紅外雜訊;赤外線ノイズ;赤外ノイズ;적외선 노이즈;"
    "적외선 잡음;Infrarotrauschen;"
    "IR-Rauschen;Wärmebildrauschen;bruit infrarouge;bruit ir;bruit thermique;ruido infrarrojo;ruido ir;"
    "ruido térmico;"
    "ruído infravermelho;ruído ir;ruído térmico;rumore infrarosso;rumore ir;rumore termico;инфракрасный шум;ик шум;"
    "тепловой шум",
    "high_noise": "brus;støj;støy;kohina;šum;zaj;θόρυβος;derau;สัญญาณรบกวน;"
    "噪声;噪点;高噪声;强噪声;噪聲;高噪聲;雜訊;ノイズ;高ノイズ;強いノイズ;노이즈;잡음;"
    "높은 노이즈;Rauschen;"
    "Bildrauschen;starkes Rauschen;bruit;bruit élevé;fort bruit;ruido;ruido alto;alto ruido;mucho ruido;ruído;"
    "ruído alto;alto ruído;rumore;rumore elevato;шум;сильный шум;высокий шум;зернистость;ruis;szum;gürültü;nhiễu;"
    "ضوضاء;تشويش;शोर",
    "motion_blur": "rörelseoskärpa;bevægelsessløring;bevegelsesuskarphet;rozmazání;oskärpa;bewegingsonscherpte;"
    "运动模糊;动态模糊;模糊;運動模糊;動態模糊;モーションブラー;動きぼけ;動体ブレ;被写体ブレ;"
    "ブレ;ぼけ;모션 블러;"
    "움직임 흐림;흐림;Bewegungsunschärfe;Unschärfe;verwackelt;flou de mouvement;flou de bougé;flou;"
    "desenfoque de movimiento;desenfoque;borrosidad;borroso;desfoque de movimento;desfoque;borrão;"
    "sfocatura di movimento;sfocatura;mosso;размытие движения;размытие в движении;размытие;смазывание;смаз;"
    "bewegingsonscherpte;rozmycie ruchu;hareket bulanıklığı;mờ chuyển động",
    "sensor_artifact": "传感器伪影;传感器伪像;伪影;条纹;条纹噪声;坏点;感測器偽影;偽影;條紋;"
    "センサーアーティファクト;"
    "アーティファクト;縞模様;縞;ドット抜け;센서 아티팩트;아티팩트;줄무늬;Sensorartefakt;Sensorartefakte;Artefakt;"
    "Artefakte;Streifen;Sensorfehler;artefact de capteur;artefact du capteur;artefacts de capteur;"
    "artefacto del sensor;artefacto de sensor;artefactos del sensor;artefacto;artefactos;artefato do sensor;"
    "artefato;"
    "artefatos;artefatto del sensore;artefatto;artefatti;артефакт;артефакты;артефакт сенсора;артефакты сенсора;"
    "артефакты датчика;полосы",
    "haze": "dimma;dis;tåge;tåke;sumu;mlha;opar;köd;ομίχλη;kabut;หมอก;कोहरा;धुआँ;duman;pus;rook;mist;"
    "雾;雾霾;霾;薄雾;浓雾;雾气;烟雾;有雾;霧;霧霾;煙霧;もや;霞;靄;煙;ヘイズ;안개;연무;연기;Dunst;"
    "Nebel;Rauch;neblig;"
    "brume;brouillard;fumée;neblina;niebla;bruma;humo;névoa;nevoeiro;fumaça;foschia;nebbia;fumo;дымка;туман;"
    "смог;дым;"
    "nevel;mgła;zamglenie;sis;sương mù;ضباب;धुंध",
    "contrast_enhancement": "对比度增强;對比度增強;コントラスト強調;대비 향상;Kontrastverstärkung;"
    "Kontrastverbesserung;"
    "amélioration du contraste;mejora del contraste;melhoria de contraste;miglioramento del contrasto;"
    "повышение контраста;улучшение контраста",
    "edge_preservation": "边缘保持;边缘保留;邊緣保持;エッジ保存;エッジ保持;가장자리 보존;Kantenerhaltung;"
    "préservation des contours;préservation des bords;preservación de bordes;preservação de bordas;"
    "conservazione dei bordi;сохранение границ;сохранение краев",
    "noise_suppression": "噪声抑制;噪聲抑制;ノイズ抑制;노이즈 억제;Rauschunterdrückung;suppression du bruit;"
    "supresión de ruido;supressão de ruído;soppressione del rumore;подавление шума",
    "detail_enhancement": "细节增强;細節增強;ディテール強調;세부 향상;Detailverbesserung;amélioration des détails;"
    "mejora de detalles;melhoria de detalhes;miglioramento dei dettagli;улучшение деталей",
    "structure_consistency": "结构一致性;結構一致性;構造整合性;構造一貫性;구조 일관성;Strukturkonsistenz;"
    "cohérence structurelle;consistencia estructural;consistência estrutural;coerenza strutturale;"
    "структурная согласованность",
    "artifact_reduction": "伪影减少;伪影抑制;伪影去除;偽影抑制;アーティファクト低減;아티팩트 감소;"
    "Artefaktreduktion;"
    "Artefaktreduzierung;réduction des artefacts;reducción de artefactos;redução de artefatos;"
    "riduzione degli artefatti;подавление артефактов;устранение артефактов",
    "normal": "正常;无退化;无异常;无明显退化;無退化;無異常;異常なし;特になし;劣化なし;정상;keine Beeinträchtigung;"
    "keine Degradation;aucune dégradation;normale;sin degradación;sem degradação;nessun degrado;нормально;норма;"
    "нормальный;без искажений;无;無;なし;없음;keine;aucun;aucune;ninguno;ninguna;nenhum;nenhuma;nessuno;"
    "nessuna;нет",
}
#: What qualifies an event in languages without spaces between words.
QUALIFIERS = (
    "严重;轻微;轻度;中度;重度;明显;可见光;图像;图片;画面;场景;条件;情况;现象;问题;区域;部分;的;嚴重;輕微;"
    "明顯;可見光;圖像;影像;場景;"
    "現象;問題;区域;強い;軽度の;重度の;可視画像;画像;の問題"
)
