package sendback.bench.peers;

import javax.sql.DataSource;

@FunctionalInterface
public interface EngineFactory {
    /** Brings up an engine, configured as its documentation does, on an empty database. */
    Engine open(DataSource database);
}
