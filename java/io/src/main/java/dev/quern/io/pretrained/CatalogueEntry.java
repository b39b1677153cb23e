package dev.quern.io.pretrained;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.data.Preprocessing;
import dev.quern.detect.DetectionTask;
import dev.quern.io.NameMap;
import dev.quern.io.json.DetectionJson;
import dev.quern.io.json.JsonFields;
import dev.quern.io.json.PreprocessingJson;
import dev.quern.tensor.Shape;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A network's entry in the catalog.
 *
 * @param uri the public address of the file; null if none is known
 * @param detection the decoder of boxes; null for networks that are not detectors
 * @param network the built-in network for the file's weights; null if the file contains a network
 * @param names the mapping from names of weights in the file to the names in the built-in network
 */
record CatalogueEntry(
    String name,
    String about,
    Shape input,
    Preprocessing preprocessing,
    List<String> classes,
    @Nullable DetectionTask detection,
    String file,
    long bytes,
    String sha256,
    @Nullable URI uri,
    String licence,
    String origin,
    @Nullable String network,
    NameMap names) {

  static CatalogueEntry read(JsonNode json) {
    String name = new JsonFields("catalogue", json).text("name");
    String where = "catalogue: " + name;
    JsonFields in = new JsonFields(where, json);
    CatalogueEntry entry =
        new CatalogueEntry(
            in.text("name"),
            in.text("about"),
            in.freeShape("input"),
            PreprocessingJson.read(where + ": preprocessing", in.node("preprocessing")),
            in.has("classes") ? in.texts("classes") : shared(in.object("class_list")),
            in.has("detection")
                ? DetectionJson.read(where + ": detection", in.node("detection"))
                : null,
            in.text("file"),
            in.integer("bytes"),
            in.text("sha256"),
            in.has("url") ? URI.create(in.text("url")) : null,
            in.text("licence"),
            in.text("origin"),
            in.has("network") ? in.text("network") : null,
            NameMap.read(String.join("\n", in.texts("names", List.of()))));
    in.end();
    return entry;
  }

  /**
   * Reads {@code {"file": NAME, "skip": N}}, and returns the names in the resource NAME without the
   * first N.
   */
  private static List<String> shared(JsonFields in) {
    List<String> all = Catalogue.text(in.text("file")).lines().toList();
    return List.copyOf(all.subList(in.integer("skip", 0), all.size()));
  }
}
