import dev.quern.predict.Model;
import dev.quern.serve.ModelServer;
import java.nio.file.Path;

/** Serving over HTTP: an image in, labels with probabilities out. */
public class Serving {
  public static void main(String[] args) throws InterruptedException {
    ModelServer server = ModelServer.builder().port(8000).build();
    server.deploy("photos", Model.load(Path.of("photos.safetensors")));
    Thread.currentThread().join(); // the server's threads do not keep the JVM running
  }
}
