"""What columns of spreadsheets are usually called, in English, German, French and Spanish."""

from __future__ import annotations

import re
import unicodedata

# What a column may hold, each with the names that say so, the clearest first. Compared as `plain_name` has them.
NAMES: dict[str, tuple[str, ...]] = {
    "id": (
        *("unit id", "message id", "post id", "comment id", "segment id", "item id", "id", "unit", "item", "no"),
        *("number", "nr", "einheit id", "beitrag id", "nachricht id", "nachrichten id", "beitrags id", "einheit"),
        *("nummer", "lfd nr", "identifiant", "unite", "numero", "n", "identificador", "unidad", "id unidad"),
        *("mensaje id", "id mensaje", "row", "zeile"),
    ),
    "text": (
        *("text", "content", "message text", "full text", "message", "body", "post", "segment", "response", "answer"),
        *("utterance", "sentence", "comment", "quote", "quotation", "inhalt", "nachricht", "beitrag", "textstelle"),
        *("antwort", "aussage", "satz", "ausserung", "kommentar", "zitat", "texte", "contenu", "reponse", "enonce"),
        *("phrase", "extrait", "commentaire", "texto", "contenido", "mensaje", "respuesta", "enunciado", "frase"),
        *("fragmento", "comentario"),
    ),
    "thread": (
        *("thread id", "thread", "topic id", "discussion id", "discussion", "document id", "document", "doc id", "doc"),
        *("interview id", "interview", "conversation", "contribution", "diskussion", "dokument", "gesprach"),
        *("fil", "entretien", "hilo", "documento", "entrevista", "conversacion"),
    ),
    "title": (
        "thread title",
        "title",
        "subject",
        "titel",
        "betreff",
        "uberschrift",
        "titre",
        "objet",
        "titulo",
        "asunto",
    ),
    "category": ("forum", "board", "section", "dataset", "datensatz", "rubrik", "rubrique", "foro", "seccion"),
    "participant": (
        *("participant id", "participant", "author id", "author", "user id", "user", "username", "user name"),
        *("speaker", "respondent id", "respondent", "code name", "person", "autor", "autorin", "verfasser", "nutzer"),
        *("teilnehmer", "teilnehmerin", "befragte", "befragter", "sprecher", "sprecherin", "auteur", "autrice"),
        *("utilisateur", "locuteur", "repondant", "participante", "usuario", "autora", "hablante", "encuestado"),
    ),
    "date": (
        *("posted at", "created at", "date", "datetime", "date time", "timestamp", "time", "datum", "zeitpunkt"),
        *("zeitstempel", "zeit", "horodatage", "heure", "fecha", "fecha y hora", "hora"),
    ),
    "position": ("position", "order", "sequence", "reihenfolge", "ordre", "orden"),
    "reply_to": ("reply to", "in reply to", "parent id", "antwort auf", "en reponse a", "respuesta a"),
    "coder": (
        *("coder", "coder id", "rater", "rater id", "annotator", "annotator id", "codierer", "codiererin", "kodierer"),
        *("kodiererin", "codeur", "codeuse", "annotateur", "codificador", "codificadora", "anotador"),
    ),
    "codes": (
        *("codes", "code", "code id", "coding", "codings", "label", "labels", "tag", "tags", "categories", "category"),
        *("codierung", "codierungen", "kodierung", "kodierungen", "kategorie", "kategorien", "codage", "categorie"),
        *("etiquette", "etiquettes", "codigo", "codigos", "categoria", "categorias", "etiqueta", "etiquetas"),
    ),
    "start": ("start", "begin", "anfang", "debut", "inicio"),
    "end": ("end", "ende", "fin"),
    "memo": ("memo", "note", "notes", "remark", "notiz", "anmerkung", "bemerkung", "remarque", "nota", "observacion"),
    "attribute": (
        *("age", "gender", "sex", "profession", "occupation", "role", "country", "education", "alter", "geschlecht"),
        *(
            "beruf",
            "rolle",
            "land",
            "bildung",
            "sexe",
            "genre",
            "metier",
            "pays",
            "edad",
            "genero",
            "sexo",
            "profesion",
        ),
        *("pais", "educacion"),
    ),
    "ignored": ("provenance class", "coding id", "url", "link"),
}
DEFINITIONS = ("definition", "description", "definicion", "descripcion", "beschreibung", "meaning", "bedeutung")
CODE_NAMES = ("code", "code id", "name", "label", "kategorie", "category", "codigo", "categorie", "categoria")
_ROLES = {name: (role, place) for role, names in NAMES.items() for place, name in enumerate(names)}
_CODER = (
    r"(?:coder|rater|annotator|analyst|codierer|codiererin|kodierer|kodiererin|codeur|codeuse|annotateur"
    r"|codificador|codificadora|anotador)"
)
_ONE = r"(?:code|label|tag|category|codierung|kodierung|kategorie|categorie|etiquette|codigo|categoria|etiqueta)"
_MANY = r"(?:codes|labels|tags|categories|codings|codierungen|kodierungen|kategorien|codigos|categorias|etiquetas)"
_NUMBERED = re.compile(rf"{_ONE} ?\d+")
_OF_CODER = re.compile(rf"(?P<coder>{_CODER} ?\w+)(?: (?:{_ONE}|{_MANY}) ?(?P<number>\d*))?")
_CODES_OF = re.compile(rf"(?:{_ONE}|{_MANY}|coding) (?P<coder>[^\d\s]\w*(?: \w+)?)")
_OWN_CODES = re.compile(rf"(?P<coder>\w+(?: \w+)??)(?: s)? (?:(?:{_ONE}) ?(?P<number>\d+)|{_MANY}|{_ONE})")
# What follows "code" or "coder" in a name without being anybody's.
_NOBODY = frozenset(
    (
        *(
            "s",
            "the",
            "name",
            "names",
            "id",
            "ids",
            "path",
            "nr",
            "no",
            "number",
            "count",
            "date",
            "time",
            "type",
            "text",
        ),
        *("comment", "memo", "note", "book", "source", "system", "frequency", "weight", "color", "colour", "anzahl"),
        *("datum", "farbe", "nom", "fecha", "nombre", "numero"),
    )
)
# Words of an order, from low to high; an equal number is an equal place.
ORDERS = {
    **dict.fromkeys(("very low", "sehr niedrig", "sehr gering", "tres faible", "muy bajo", "muy baja"), 0),
    **dict.fromkeys(("low", "niedrig", "gering", "faible", "bajo", "baja"), 1),
    **dict.fromkeys(("medium", "intermediate", "moderate", "mittel", "moyen", "moyenne", "medio", "media"), 2),
    **dict.fromkeys(("high", "hoch", "eleve", "elevee", "fort", "forte", "alto", "alta"), 3),
    **dict.fromkeys(("very high", "sehr hoch", "tres eleve", "tres elevee", "tres fort", "muy alto", "muy alta"), 4),
}


def plain_name(text: str) -> str:
    """Return a name as names are compared: lower case, without accents, words parted by one space.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> plain_name("  Äußerung_Nr. ")
    'ausserung nr'
    """
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text.strip())
    bare = "".join(one for one in unicodedata.normalize("NFKD", parted.casefold()) if not unicodedata.combining(one))
    return " ".join(re.sub(r"[\W_]+", " ", bare).split())


def role_of(header: str) -> tuple[str, int] | None:
    """Return what a column of that name usually holds, and how far down the name stands in the list.

    Parameters
    ----------
    header : str
    """
    return _ROLES.get(plain_name(header))


def coder_of(header: str) -> tuple[str, bool] | None:
    """Return whose codes a column of that name holds, and whether it is one of several numbered ones.

    Parameters
    ----------
    header : str

    Returns
    -------
    tuple of (str, bool), or None
        The coder is empty for "Code 1", "Code 2", …: that of the row, or the only one.

    Examples
    --------
    >>> [coder_of(name) for name in ("Coder1_Code2", "Codes Anna", "Code 3", "coder2", "Text")]
    [('coder1', True), ('anna', False), ('', True), ('coder2', False), None]
    """
    name = plain_name(header)
    if _NUMBERED.fullmatch(name):
        return "", True
    for pattern in (_OF_CODER, _CODES_OF, _OWN_CODES):
        found = pattern.fullmatch(name)
        if found and not _NOBODY & set(found["coder"].split()):
            return found["coder"], bool(found.groupdict().get("number"))
    return None
