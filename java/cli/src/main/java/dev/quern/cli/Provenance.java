package dev.quern.cli;

import dev.quern.Engine;
import dev.quern.data.Dataset;
import dev.quern.optim.Sgd;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a model comes from: what one needs to train it again. No date, so equal runs stay equal.
 */
record Provenance(Dataset train, long seed, int epochs, int batch, Sgd sgd) {
  /** The key under which the data set's name is kept. */
  static final String DATA = "data";

  Map<String, String> entries() {
    Engine.Info engine = Engine.info();
    Map<String, String> all = new LinkedHashMap<>();
    all.put(DATA, train.name());
    all.put("images", Integer.toString(train.size()));
    all.put("seed", Long.toString(seed));
    all.put("epochs", Integer.toString(epochs));
    all.put("batch", Integer.toString(batch));
    all.put("lr", Float.toString(sgd.lr()));
    all.put("schedule", "cosine");
    all.put("momentum", Float.toString(sgd.momentum()));
    all.put("quern", Version.text());
    all.put("java", System.getProperty("java.version"));
    all.put("platform", engine.platform());
    all.put("isa", engine.isa());
    all.put("openblas", engine.openblasConfig());
    all.put("openblas_core", engine.openblasCore());
    all.put("threads", Integer.toString(engine.threads()));
    return all;
  }
}
