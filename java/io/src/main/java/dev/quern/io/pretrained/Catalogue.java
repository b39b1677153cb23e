package dev.quern.io.pretrained;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.error.InvalidArgumentException;
import dev.quern.io.json.Json;
import dev.quern.io.json.JsonFields;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The catalog of pretrained networks: {@code catalogue.json}, an array of entries. */
final class Catalogue {
  static final Catalogue BUNDLED = read(text("catalogue.json"));

  private final Map<String, Pretrained> all = new LinkedHashMap<>();

  /** Reads the networks of a catalog's JSON text. */
  static Catalogue read(String json) {
    Catalogue made = new Catalogue();
    JsonNode root = Json.parse("catalogue", json);
    for (JsonNode node : new JsonFields("catalogue", root).nodes("networks")) {
      CatalogueEntry entry = CatalogueEntry.read(node);
      made.all.put(entry.name(), new Pretrained(entry));
    }
    return made;
  }

  /** Returns the text of a resource in the folder of this class. */
  static String text(String name) {
    try (InputStream in = Catalogue.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Pretrained> all() {
    return List.copyOf(all.values());
  }

  List<String> names() {
    return new ArrayList<>(all.keySet());
  }

  Pretrained of(String name) {
    Pretrained known = all.get(name);
    if (known == null) {
      throw new InvalidArgumentException(
          "pretrained: " + NearNames.shown(name) + " is not in the catalog" + near(name));
    }
    return known;
  }

  private String near(String name) {
    List<String> near = NearNames.of(name, all.keySet());
    return near.isEmpty()
        ? "; the command \"quern models\" lists its " + all.size() + " networks"
        : "; similar names are " + String.join(", ", near);
  }
}
