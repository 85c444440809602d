"""From words to occupations and skills."""

from mobility.matching.concepts.concepts import ConceptIndex, ConceptMatch, Description, Label
from mobility.matching.concepts.mentions import SkillMention, find_skills
from mobility.matching.concepts.semantic import Encoder, SmallEncoder
from mobility.matching.concepts.sentence_skills import rank_skills

__all__ = [
    "ConceptIndex",
    "ConceptMatch",
    "Description",
    "Encoder",
    "Label",
    "SkillMention",
    "SmallEncoder",
    "find_skills",
    "rank_skills",
]
