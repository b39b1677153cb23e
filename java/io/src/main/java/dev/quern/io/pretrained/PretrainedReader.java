package dev.quern.io.pretrained;

import dev.quern.error.FormatException;
import dev.quern.io.StateDict;
import dev.quern.io.file.Version;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.network.Task;
import dev.quern.predict.MatchingWeights;
import dev.quern.predict.ModelData;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The creation of a model from a weights file and the settings in the catalog. */
final class PretrainedReader {
  private PretrainedReader() {}

  static ModelData read(CatalogueEntry entry, Path file) {
    ModelData read = entry.network() == null ? ModelData.load(file) : weights(entry, file);
    Network network = read.network();
    if (entry.detection() == null) {
      network =
          network.withTask(
              network.outputs().get(0), Task.singleLabel().withClasses(entry.classes()));
    } else {
      network = network.withDetection(entry.detection());
    }
    Map<String, String> provenance = new LinkedHashMap<>(read.provenance());
    provenance.put("pretrained", entry.name());
    provenance.put("sha256", entry.sha256());
    provenance.put("licence", entry.licence());
    provenance.put("origin", entry.origin());
    return new ModelData(network, read.weights(), read.preprocessing(), provenance, read.dtype())
        .withPreprocessing(entry.preprocessing());
  }

  private static ModelData weights(CatalogueEntry entry, Path file) {
    Network network = Networks.byName(entry.network());
    MatchingWeights found = StateDict.load(file).matching(network, entry.names());
    MatchingWeights.Report report = found.report();
    if (!report.missing().isEmpty() || !report.otherShape().isEmpty()) {
      throw new FormatException(
          "pretrained: "
              + entry.name()
              + ": "
              + file
              + " lacks "
              + report.missing().size()
              + " weights of "
              + network.name()
              + " and has "
              + report.otherShape().size()
              + " of another shape");
    }
    return new ModelData(network, found.weights(), Map.of(), Map.of("quern", Version.TEXT));
  }
}
