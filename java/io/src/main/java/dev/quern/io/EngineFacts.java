package dev.quern.io;

import dev.quern.engine.Engine;
import dev.quern.error.FormatException;
import dev.quern.io.json.Json;
import dev.quern.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Facts about the engine, stored in a checkpoint. Together with a run's settings, these facts
 * determine the results bit by bit.
 */
final class EngineFacts {
  private static final String ISA = "isa";
  private static final String CORE = "openblas_core";
  private static final String OPENBLAS = "openblas";
  private static final String CONV2D = "conv2d";

  private EngineFacts() {}

  /** Returns facts about the engine and the trainer's convolutions. */
  static Map<String, String> of(Trainer trainer) {
    Engine.Info engine = Engine.info();
    Map<String, String> facts = new TreeMap<>();
    facts.put(ISA, engine.isa());
    facts.put(CORE, engine.openblasCore());
    facts.put(OPENBLAS, engine.openblasConfig());
    facts.put("version", engine.version());
    facts.put(CONV2D, Json.write(trainer.implementations().byLayer()));
    return facts;
  }

  /**
   * Returns the differences between two engines, one phrase each; a fact that an older file lacks
   * counts as equal.
   */
  static List<String> differences(Map<String, String> before, Map<String, String> now) {
    List<String> all = new ArrayList<>();
    for (String key : List.of(ISA, OPENBLAS, CORE)) {
      String is = brief(key, now);
      String was = before.containsKey(key) ? brief(key, before) : is;
      if (!was.equals(is)) {
        all.add(key + " was " + was + ", is " + is);
      }
    }
    addLayers(layers(before), layers(now), all);
    return all;
  }

  /**
   * Returns a fact for comparison; for OpenBLAS's configuration, only its second word, the version.
   */
  private static String brief(String key, Map<String, String> facts) {
    String value = facts.getOrDefault(key, "");
    String[] words = value.strip().split("\\s+");
    return key.equals(OPENBLAS) && words.length > 1 ? words[1] : value;
  }

  private static void addLayers(
      Map<String, String> before, Map<String, String> now, List<String> all) {
    List<String> changed = new ArrayList<>();
    before.forEach(
        (layer, was) -> {
          if (!was.equals(now.get(layer))) {
            changed.add(layer + " was " + was + ", is " + now.get(layer));
          }
        });
    if (!changed.isEmpty()) {
      String first = changed.get(0);
      int more = changed.size() - 1;
      all.add(CONV2D + " of layer " + first + (more == 0 ? "" : ", and " + more + " more"));
    }
  }

  private static Map<String, String> layers(Map<String, String> facts) {
    try {
      return facts.containsKey(CONV2D) ? Json.readTexts(CONV2D, facts.get(CONV2D)) : Map.of();
    } catch (FormatException e) {
      return Map.of(); // metadata that a user of an older release stored under this name
    }
  }
}
