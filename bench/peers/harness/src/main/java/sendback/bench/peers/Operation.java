package sendback.bench.peers;

/** What a caller does again and again. */
@FunctionalInterface
interface Operation {
    /** @return false where nothing is left to do it with */
    boolean run(int caller);
}
