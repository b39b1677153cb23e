package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the description says there is. */
@Timeout(60)
class OpenApiTest {
  @Test
  void allThatIsDescribedIsThere() {
    try (ModelServer server = ModelServer.builder().token("0123456789abcdef").build()) {
      server.deploy("small", ServedModels.model(1));
      Client client = new Client(server);
      String[] token = {"Authorization", "Bearer 0123456789abcdef"};
      JsonNode paths = Client.json(client.get("/openapi.json", token)).get("paths");
      int operations = 0;
      for (Map.Entry<String, JsonNode> path : paths.properties()) {
        String at = path.getKey().replace("{name}", "small").replace("{version}", "1");
        for (Map.Entry<String, JsonNode> o : path.getValue().properties()) {
          String method = o.getKey().toUpperCase(Locale.ROOT);
          JsonNode responses = o.getValue().get("responses");
          HttpResponse<byte[]> empty = client.send(method, at, new byte[0], token);
          assertThat(empty.statusCode()).as(at).isEqualTo(method.equals("GET") ? 200 : 400);
          assertThat(responses.has(Integer.toString(empty.statusCode()))).as(at).isTrue();
          HttpResponse<byte[]> stranger = client.send(method, at, new byte[0]);
          assertThat(stranger.statusCode() == 401).as(at).isEqualTo(responses.has("401"));
          operations++;
        }
      }
      assertThat(operations).isEqualTo(12);
    }
  }
}
