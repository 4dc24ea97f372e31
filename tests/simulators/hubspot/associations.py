"""Which records belong together, both ways, with the types of each link."""

from collections import defaultdict

from . import facts


class AssociationGraph:
    """Links between records of any two types. Not thread-safe: the store locks.

    Every link has the unlabelled type; a first company of a contact, deal or ticket
    gets the primary type as well, as in the product [3P observed on deals: 341 with
    label null, then 5 "Primary"].
    """

    def __init__(self):
        self._links = defaultdict(dict)

    def partners(self, from_type, from_id, to_type):
        """``{to id: [type id, ...]}`` in the order the links were made."""
        return self._links[from_type, to_type].get(from_id, {})

    def has_any(self, from_type, to_type):
        """Whether any link of that kind was ever made."""
        return bool(self._links[from_type, to_type])

    def link(self, from_type, from_id, to_type, to_id, type_ids=None):
        """Link two records; returns the type ids the link has now, from-side.

        ``type_ids`` None asks for the default link.
        """
        unlabelled, primary = facts.ASSOCIATION_TYPES[from_type, to_type]
        partners = self._links[from_type, to_type].setdefault(from_id, {})
        if type_ids is None:
            wanted = [unlabelled]
            if primary and self._wants_primary(from_type, partners, primary):
                wanted.append(primary)
        else:
            wanted = [unlabelled, *(each for each in type_ids if each != unlabelled)]
        if primary in wanted:
            self._drop_primary(from_type, from_id, to_type, primary)
        for type_id in wanted:
            self._set(from_type, from_id, to_type, to_id, type_id)
        return list(self.partners(from_type, from_id, to_type)[to_id])

    def unlink(self, from_type, from_id, to_type, to_id):
        """Remove every link between two records; tells whether there was one."""
        there = self._links[from_type, to_type].get(from_id, {}).pop(to_id, None)
        self._links[to_type, from_type].get(to_id, {}).pop(from_id, None)
        return there is not None

    def forget(self, object_type, record_id):
        """Remove every link of a record."""
        for (from_type, to_type), links in list(self._links.items()):
            if from_type == object_type:
                for to_id in list(links.get(record_id, ())):
                    self.unlink(from_type, record_id, to_type, to_id)
                links.pop(record_id, None)

    def move(self, object_type, old_id, new_id):
        """Give a record's links to another one (a merge)."""
        for (from_type, to_type), links in list(self._links.items()):
            if from_type != object_type or old_id not in links:
                continue
            for to_id, type_ids in list(links[old_id].items()):
                already = self.partners(from_type, new_id, to_type)
                primary = facts.ASSOCIATION_TYPES[from_type, to_type][1]
                taken = any(primary in types for types in already.values())
                kept = [each for each in type_ids if not (taken and each == primary)]
                self.link(from_type, new_id, to_type, to_id, kept)
                self.unlink(from_type, old_id, to_type, to_id)

    def _wants_primary(self, from_type, partners, primary):
        return from_type != "companies" and not any(
            primary in type_ids for type_ids in partners.values()
        )

    def _drop_primary(self, from_type, from_id, to_type, primary):
        mirrored = facts.ASSOCIATION_TYPES[to_type, from_type][1]
        for to_id, type_ids in self.partners(from_type, from_id, to_type).items():
            if primary in type_ids:
                type_ids.remove(primary)
                back = self.partners(to_type, to_id, from_type).get(from_id, [])
                if mirrored in back:
                    back.remove(mirrored)

    def _set(self, from_type, from_id, to_type, to_id, type_id):
        for one, its_id, other, other_id, its_type in (
            (from_type, from_id, to_type, to_id, type_id),
            (to_type, to_id, from_type, from_id, mirror(from_type, to_type, type_id)),
        ):
            types = self._links[one, other].setdefault(its_id, {})
            types = types.setdefault(other_id, [])
            if its_type not in types:
                types.append(its_type)


def mirror(from_type, to_type, type_id):
    """The type id of the same link seen from the other side."""
    if type_id in facts.MIRRORED_TYPES:
        return facts.MIRRORED_TYPES[type_id]
    there = facts.ASSOCIATION_TYPES[from_type, to_type]
    back = facts.ASSOCIATION_TYPES[to_type, from_type]
    return back[1] if type_id == there[1] and back[1] else back[0]


def known_types(from_type, to_type):
    """``{type id: label or None}`` of a pair of object types."""
    pair = facts.ASSOCIATION_TYPES.get((from_type, to_type))
    if pair is None:
        return {}
    types = {pair[0]: None}
    if pair[1]:
        types[pair[1]] = "Primary"
    types.update(facts.LABELLED_TYPES.get((from_type, to_type), {}))
    return types


def type_name(from_type, to_type, type_id):
    """The name a list request gives a type: ``contact_to_company_unlabeled``.

    [M]: the primary type has the plain name, the unlabelled one the suffix, unless a
    pair has no primary type.
    """
    one = facts.OBJECTS[from_type].singular
    other = facts.OBJECTS[to_type].singular
    unlabelled, primary = facts.ASSOCIATION_TYPES[from_type, to_type]
    if type_id in facts.MIRRORED_TYPES:
        return "child_to_parent_company" if type_id == 14 else "parent_to_child_company"
    suffix = "_unlabeled" if primary and type_id == unlabelled else ""
    return f"{one}_to_{other}{suffix}"
