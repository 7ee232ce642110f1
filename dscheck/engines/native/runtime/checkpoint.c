/* What has to be kept so that a search can go on later, in another process? The arrays as they are, and a summary. The
 * index is not kept: it is filled again from the states. */
#include <stdlib.h>

#include "machine.h"

#define MAGIC UINT64_C(0x31766b6863637364) /* "dscchkv1" */

/* The summary begins with this; findings, reached, fired, branches and the ranges follow. */
struct head {
    uint64_t magic, words, kind, rules, branches, counters, always, asked, steps, findings, pending, runs, edges_kept,
        fair, progress;
    uint64_t depth, initial, stored, transitions, expanded, probes;
    uint64_t positions, nodes, edges, weights, owed, owed_items, marked, marked_items;
    uint64_t level_ranges, holes, node_holes, history_ranges, history_levels;
};

static struct head describe(struct search *search)
{
    struct search_report report;
    search_get_report(search, &report);
    const struct model *model = search->model;
    return (struct head){
        .magic = MAGIC, .words = WORDS, .kind = search->kind, .rules = model->rules, .branches = model->branches,
        .counters = model->counters, .always = model->always, .asked = model->asked, .steps = model->steps,
        .findings = search->numbers.count, .pending = search->questions.pending_count,
        .runs = search->questions.run_count, .edges_kept = search->options.keep_edges != 0,
        .fair = model->fair, .progress = search->questions.progress_count,
        .depth = report.depth, .initial = search->initial, .stored = report.states,
        .transitions = report.transitions, .expanded = report.states - report.queue, .probes = report.probes,
        .positions = atomic_load(&search->states.next), .nodes = atomic_load(&search->nodes.next),
        .edges = search->record.next, .weights = search->record.weights,
        .owed = search->owed.count, .owed_items = search->owed.used,
        .marked = search->marked.count, .marked_items = search->marked.used,
        .level_ranges = search->level.count, .history_ranges = search->history.count,
        .history_levels = search->history_levels,
    };
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static bool put(struct search *search, const void *data, size_t bytes)
{
    if (search->summary_bytes + bytes > search->summary_room) {
        size_t room = 2 * (search->summary_bytes + bytes);
        uint8_t *summary = realloc(search->summary, room);
        if (!summary)
            return false;
        search->summary = summary;
        search->summary_room = room;
    }
    if (bytes > 0)
        memcpy(search->summary + search->summary_bytes, data, bytes);
    search->summary_bytes += bytes;
    return true;
}

/* Positions handed out but not in use: holes, and the rest of each worker's piece. */
static bool unused_positions(struct search *search, bool of_states, struct spans *unused)
{
    const struct store *store = of_states ? &search->states : &search->nodes;
    bool noted = true;
    for (size_t i = 0; i < store->holes.count; i++)
        noted = noted && spans_add(unused, store->holes.ranges[i].begin, store->holes.ranges[i].end);
    for (unsigned i = 0; i < search->workers; i++) {
        const struct cursor *cursor = of_states ? &search->crew[i]->states : &search->crew[i]->nodes;
        noted = noted && spans_add(unused, cursor->next, cursor->end);
    }
    return noted && spans_order(unused);
}

static bool put_ranges(struct search *search, const struct spans *spans)
{
    return put(search, spans->ranges, spans->count * sizeof *spans->ranges);
}

static bool summarise(struct search *search, const struct spans *holes, const struct spans *node_holes)
{
    struct head head = describe(search);
    head.holes = holes->count;
    head.node_holes = node_holes->count;
    search->summary_bytes = 0;
    return put(search, &head, sizeof head) &&
           put(search, search->findings, search->numbers.count * sizeof *search->findings) &&
           put(search, (const void *)search->reached, search->questions.pending_count) &&
           put(search, search_fired(search), search->model->rules * sizeof *search->fired) &&
           put(search, search_branches(search), 2 * (size_t)search->model->branches) &&
           put(search, search->history_ends, search->history_levels * sizeof *search->history_ends) &&
           put_ranges(search, &search->level) && put_ranges(search, holes) && put_ranges(search, node_holes) &&
           put_ranges(search, &search->history);
}

static uint64_t settled(const struct spans *unused, uint64_t next)
{
    return unused->count > 0 ? unused->ranges[0].begin : next;
}

static void add_part(struct part *parts, uint32_t *count, uint32_t room, const char *name, uint64_t item_bytes,
                     uint64_t items, uint64_t kept_from, const void *data)
{
    if (*count < room)
        parts[(*count)++] = (struct part){name, item_bytes, items, kept_from < items ? kept_from : items, data};
}

static uint32_t list_parts(struct search *search, struct part *parts, uint32_t room)
{
    const struct record *record = &search->record;
    uint64_t positions = atomic_load(&search->states.next), least = search->kept_positions;
    /* The steps of the level that was the frontier last time have come since. */
    uint64_t expanded = least < search->kept_level ? least : search->kept_level;
    uint32_t count = 0;
    add_part(parts, &count, room, search->kind == STORE_PLAIN ? "states" : "roots", search->states.keys.item_bytes,
             positions, least, search->states.keys.data);
    add_part(parts, &count, room, "parents", sizeof(uint32_t), positions, least, search->parents.data);
    if (search->kind == STORE_TREE)
        add_part(parts, &count, room, "nodes", sizeof(word), atomic_load(&search->nodes.next), search->kept_nodes,
                 search->nodes.keys.data);
    if (search->kind == STORE_FINGERPRINT)
        add_part(parts, &count, room, "frontier", WORDS * sizeof(word), positions, expanded, search->frontier.data);
    if (search->options.keep_edges) {
        add_part(parts, &count, room, "first", sizeof(uint64_t), positions, expanded, record->first.data);
        add_part(parts, &count, room, "degree", sizeof(uint32_t), positions, expanded, record->degree.data);
        add_part(parts, &count, room, "edges", sizeof(struct edge), record->next, search->kept_edges,
                 record->edges.data);
        if (record->counters > 0)
            add_part(parts, &count, room, "increments", record->increments.item_bytes, record->weights,
                     search->kept_weights, record->increments.data);
    }
    if (search->model->fair) {
        const struct lists *owed = &search->owed, *marked = &search->marked;
        add_part(parts, &count, room, "marks", sizeof(uint32_t), positions, expanded, search->marks.data);
        add_part(parts, &count, room, "owed begins", sizeof(uint64_t), (uint64_t)owed->count + 1, search->kept_owed,
                 owed->begins.data);
        add_part(parts, &count, room, "owed items", sizeof(uint32_t), owed->used, search->kept_owed_items,
                 owed->items.data);
        add_part(parts, &count, room, "marked begins", sizeof(uint64_t), (uint64_t)marked->count + 1,
                 search->kept_marked, marked->begins.data);
        add_part(parts, &count, room, "marked items", sizeof(uint32_t), marked->used, search->kept_marked_items,
                 marked->items.data);
    }
    add_part(parts, &count, room, "summary", 1, search->summary_bytes, 0, search->summary);
    return count;
}

uint32_t search_parts(struct search *search, struct part *parts, uint32_t room)
{
    if (search->runs && search->kind == STORE_FINGERPRINT)
        return 0;
    struct spans holes = {0}, node_holes = {0};
    uint32_t count = 0;
    if (unused_positions(search, true, &holes) && unused_positions(search, false, &node_holes) &&
        summarise(search, &holes, &node_holes)) {
        count = list_parts(search, parts, room);
        search->kept_positions = settled(&holes, atomic_load(&search->states.next));
        search->kept_nodes = settled(&node_holes, atomic_load(&search->nodes.next));
        search->kept_level = search->level.count > 0 ? search->level.ranges[0].begin : search->kept_positions;
        search->kept_weights = search->record.weights;
        search->kept_edges = search->record.next;
        search->kept_owed = search->owed.count, search->kept_owed_items = search->owed.used;
        search->kept_marked = search->marked.count, search->kept_marked_items = search->marked.used;
        for (unsigned i = 0; i < search->workers; i++)
            if (search->crew[i]->pen.next < search->crew[i]->pen.end &&
                search->crew[i]->pen.next < search->kept_edges)
                search->kept_edges = search->crew[i]->pen.next;
    }
    spans_free(&holes);
    spans_free(&node_holes);
    return count;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

struct reader {
    const uint8_t *data;
    uint64_t left;
};

static bool get(struct reader *reader, void *data, uint64_t count, uint64_t item_bytes)
{
    if (count > reader->left / item_bytes)
        return false;
    if (count > 0)
        memcpy(data, reader->data, count * item_bytes);
    reader->data += count * item_bytes;
    reader->left -= count * item_bytes;
    return true;
}

static bool get_ranges(struct reader *reader, struct spans *spans, uint64_t count, uint64_t positions)
{
    for (uint64_t i = 0; i < count; i++) {
        struct range range;
        if (!get(reader, &range, 1, sizeof range) || range.begin >= range.end || range.end > positions ||
            !spans_add(spans, range.begin, range.end))
            return false;
    }
    return true;
}

static bool get_history(struct search *search, struct reader *reader, const struct head *head)
{
    if (head->history_levels > reader->left / sizeof *search->history_ends)
        return false;
    search->history_ends = calloc(head->history_levels + 1, sizeof *search->history_ends);
    search->history_room = head->history_levels + 1;
    search->history_levels = head->history_levels;
    if (!search->history_ends ||
        !get(reader, search->history_ends, head->history_levels, sizeof *search->history_ends))
        return false;
    for (uint64_t depth = 0, before = 0; depth < head->history_levels; before = search->history_ends[depth++])
        if (search->history_ends[depth] < before || search->history_ends[depth] > head->history_ranges)
            return false;
    return true;
}

static void take_over_findings(struct search *search)
{
    for (uint32_t number = 0; number < search->numbers.count; number++)
        if (search->findings[number].found)
            atomic_store(&search->finding_lengths[number], search->findings[number].depth);
    uint32_t pending = 0;
    for (uint32_t i = 0; i < search->questions.pending_count; i++)
        pending += !atomic_load(&search->reached[i]);
    atomic_store(&search->pending, pending);
}

static bool read_summary(struct search *search, struct reader *reader, struct head *head)
{
    struct head own = describe(search);
    if (!get(reader, head, 1, sizeof *head) ||
        memcmp(head, &own, offsetof(struct head, depth)) != 0 || head->positions > search->states.keys.items ||
        head->nodes > search->nodes.keys.items || head->weights > UINT32_MAX || head->owed > UINT32_MAX ||
        head->marked > UINT32_MAX)
        return false;
    struct worker *worker = search->crew[0];
    if (!get(reader, search->findings, search->numbers.count, sizeof *search->findings) ||
        !get(reader, (void *)search->reached, search->questions.pending_count, 1) ||
        !get(reader, worker->fired, search->model->rules, sizeof *worker->fired) ||
        !get(reader, worker->branches, 2 * (uint64_t)search->model->branches, 1) ||
        !get_history(search, reader, head) ||
        !get_ranges(reader, &search->level, head->level_ranges, head->positions) ||
        !get_ranges(reader, &search->states.holes, head->holes, head->positions) ||
        !get_ranges(reader, &search->nodes.holes, head->node_holes, head->nodes) ||
        !get_ranges(reader, &search->history, head->history_ranges, head->positions))
        return false;
    for (size_t i = 0; i < search->level.count; i++)
        if (!spans_add(&search->restored, search->level.ranges[i].begin, search->level.ranges[i].end))
            return false;
    atomic_store(&search->depth, head->depth);
    search->initial = head->initial;
    atomic_store(&worker->stored, head->stored);
    atomic_store(&worker->transitions, head->transitions);
    atomic_store(&worker->expanded, head->expanded);
    atomic_store(&worker->probes, head->probes);
    take_over_findings(search);
    return reader->left == 0 && spans_order(&search->level) && spans_order(&search->restored);
}

static bool fill_region(struct region *region, const struct part *part, uint64_t items)
{
    if (part->bytes_per_item != region->item_bytes || part->items < items ||
        region_commit(region, items) != SEARCH_RUNNING)
        return false;
    if (items > 0)
        memcpy(region->data, part->data, items * region->item_bytes);
    return true;
}

/* Only the states of the level are there, and only they get memory: all others count as dropped. */
static bool fill_frontier(struct search *search, const struct part *part, uint64_t positions)
{
    struct region *frontier = &search->frontier;
    struct spans kept = {0}, gone = {0};
    if (part->bytes_per_item != frontier->item_bytes || part->items < positions)
        return false;
    uint64_t most = search->memory.most;
    search->memory.most = UINT64_MAX; /* for a moment, until the gaps are given back */
    bool filled = region_commit(frontier, positions) == SEARCH_RUNNING;
    search->memory.most = most;
    for (size_t i = 0; i < search->states.holes.count; i++)
        filled = filled && spans_add(&kept, search->states.holes.ranges[i].begin, search->states.holes.ranges[i].end);
    for (size_t i = 0; i < search->level.count; i++)
        filled = filled && spans_add(&kept, search->level.ranges[i].begin, search->level.ranges[i].end);
    filled = filled && spans_order(&kept) && spans_between(&kept, (uint32_t)positions, &gone);
    for (size_t i = 0; filled && i < gone.count; i++)
        drop_states(search, gone.ranges[i]);
    for (size_t i = 0; filled && i < search->level.count; i++) {
        struct range range = search->level.ranges[i];
        memcpy(frontier->data + range.begin * frontier->item_bytes,
               (const unsigned char *)part->data + range.begin * frontier->item_bytes,
               (range.end - range.begin) * frontier->item_bytes);
    }
    spans_free(&kept);
    spans_free(&gone);
    return filled && atomic_load(&search->memory.used) <= most;
}

static bool read_part(struct search *search, const struct part *part, const struct head *head)
{
    struct record *record = &search->record;
    bool edges = search->options.keep_edges;
    if (strcmp(part->name, search->kind == STORE_PLAIN ? "states" : "roots") == 0)
        return fill_region(&search->states.keys, part, head->positions);
    if (strcmp(part->name, "parents") == 0)
        return fill_region(&search->parents, part, head->positions);
    if (strcmp(part->name, "nodes") == 0 && search->kind == STORE_TREE)
        return fill_region(&search->nodes.keys, part, head->nodes);
    if (strcmp(part->name, "frontier") == 0 && search->kind == STORE_FINGERPRINT)
        return fill_frontier(search, part, head->positions);
    if (strcmp(part->name, "first") == 0 && edges)
        return fill_region(&record->first, part, head->positions);
    if (strcmp(part->name, "degree") == 0 && edges)
        return fill_region(&record->degree, part, head->positions);
    if (strcmp(part->name, "edges") == 0 && edges)
        return fill_region(&record->edges, part, head->edges);
    if (strcmp(part->name, "increments") == 0 && edges)
        return fill_region(&record->increments, part, head->weights);
    bool fair = search->model->fair;
    if (strcmp(part->name, "marks") == 0 && fair)
        return fill_region(&search->marks, part, head->positions);
    if (strcmp(part->name, "owed begins") == 0 && fair)
        return fill_region(&search->owed.begins, part, head->owed + 1);
    if (strcmp(part->name, "owed items") == 0 && fair)
        return fill_region(&search->owed.items, part, head->owed_items);
    if (strcmp(part->name, "marked begins") == 0 && fair)
        return fill_region(&search->marked.begins, part, head->marked + 1);
    if (strcmp(part->name, "marked items") == 0 && fair)
        return fill_region(&search->marked.items, part, head->marked_items);
    return strcmp(part->name, "summary") == 0;
}

int search_restore(struct search *search, const struct part *parts, uint32_t count)
{
    const struct part *summary = NULL;
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(parts[i].name, "summary") == 0)
            summary = &parts[i];
    struct head head;
    if (search->status != SEARCH_RUNNING || search->started || !summary ||
        !read_summary(search, &(struct reader){summary->data, summary->items}, &head))
        return 0;
    struct part own[SEARCH_PARTS];
    uint32_t needed = list_parts(search, own, SEARCH_PARTS), found = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!read_part(search, &parts[i], &head))
            return 0;
        for (uint32_t k = 0; k < needed; k++)
            found += strcmp(parts[i].name, own[k].name) == 0;
    }
    if (found != needed)
        return 0;
    atomic_store(&search->states.next, head.positions);
    atomic_store(&search->nodes.next, head.nodes);
    search->record.next = head.edges;
    if (search->options.keep_edges && !record_restore_weights(&search->record, (uint32_t)head.weights))
        return 0;
    if (search->model->fair && (!lists_restore(&search->owed, (uint32_t)head.owed, head.owed_items) ||
                                !lists_restore(&search->marked, (uint32_t)head.marked, head.marked_items)))
        return 0;
    search->restored_positions = head.positions;
    search->replay = search->runs != NULL;
    bool indexed = store_index(&search->states) == SEARCH_RUNNING && store_fill(&search->states, NULL, 0);
    if (search->kind == STORE_TREE)
        indexed = indexed && store_index(&search->nodes) == SEARCH_RUNNING && store_fill(&search->nodes, NULL, 0);
    return indexed;
}
