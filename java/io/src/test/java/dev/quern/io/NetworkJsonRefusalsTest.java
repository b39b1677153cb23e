package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.FormatException;
import dev.quern.error.ShapeException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a network description is refused for, and how that is told. */
class NetworkJsonRefusalsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{'name':'c1','type':'conv2d','kernel':3}; layer 1 (c1): key `out_channels` is missing",
        "{'type':'conv2d','out_channels':4}; layer 1: key `kernel` is missing",
        "{'type':'relu'},{'type':'conv4d'}; layer 2: key `type`: `conv4d` is neither built-in nor registered with Codecs.layer",
        "{'name':'x'}; layer 1 (x): key `type` is missing",
        "{'name':'r','type':'relu','slope':0.1}; layer 1 (r): key `slope`: unknown",
        "{'type':'relu','kernel':3}; key `kernel`: unknown",
        "{'type':'conv2d','out_channels':4,'kernel':3,'strides':2}; key `strides`: unknown",
        "{'type':'conv2d','out_channels':'4','kernel':3}; key `out_channels`: string `4`, expected an integer",
        "{'type':'conv2d','out_channels':4.0,'kernel':3}; key `out_channels`: 4.0, expected an integer",
        "{'type':'conv2d','out_channels':4000000000,'kernel':3}; key `out_channels`: 4000000000, expected a 32-bit",
        "{'type':'conv2d','out_channels':99999999999999999999999,'kernel':3}; expected a 32-bit integer",
        "{'type':'conv2d','out_channels':4,'kernel':[3]}; key `kernel`: an array of 1",
        "{'type':'conv2d','out_channels':4,'kernel':[3,3,3]}; key `kernel`: an array of 3",
        "{'type':'conv2d','out_channels':4,'kernel':[3,null]}; key `kernel`: null, expected an integer",
        "{'type':'conv2d','out_channels':4,'kernel':null}; key `kernel`: null, expected an integer",
        "{'type':'conv2d','out_channels':4,'kernel':3,'bias':1}; key `bias`: 1, expected true or false",
        "{'type':'conv2d','out_channels':4,'kernel':3,'stride':0}; layer 1: conv2d: stride 0x0",
        "{'type':'conv2d','out_channels':4,'kernel':3,'groups':3}; must be a multiple of groups",
        "{'type':'dropout','p':1.5}; layer 1: dropout: p 1.5 is outside [0, 1]",
        "{'type':'max_pool2d','kernel':2,'padding':2}; layer 1: max_pool2d: padding",
        "{'type':'group_norm'}; key `num_groups` is missing",
        "{'type':'group_norm','num_groups':0}; layer 1: group_norm: num_groups 0",
        "{'type':'layer_norm','normalized_shape':[]}; key `normalized_shape`: 0 dimensions",
        "{'type':'layer_norm','normalized_shape':[3,0]}; key `normalized_shape`: dimension 0",
        "{'type':'rms_norm'}; key `normalized_shape` is missing",
        "{'type':'rms_norm','normalized_shape':[3],'bias':true}; `bias`",
        "{'type':'deform_conv2d','kernel':3}; key `out_channels` is missing",
        "{'type':'deform_conv2d','out_channels':3,'kernel':3,'offset_groups':0}; offset_groups 0",
        "{'type':'grid_sample','mode':'cubic'}; `cubic` is not one of bilinear, nearest, bicubic",
        "{'type':'conv3d','out_channels':4}; key `kernel` is missing",
        "{'type':'conv3d','out_channels':4,'kernel':[3,3]}; key `kernel`",
        "{'type':'max_pool3d','kernel':2,'padding':2}; padding 2x2x2 must be less than",
        "{'type':'avg_pool3d','kernel':2,'dilation':2}; `dilation`",
        "{'type':'lstm'}; key `hidden_size` is missing",
        "{'type':'lstm','hidden_size':0}; layer 1: lstm: hidden_size 0",
        "{'type':'gru','hidden_size':3,'direction':'both'}; `both` is not one of forward, reverse",
        "{'type':'rnn','hidden_size':3,'nonlinearity':'elu'}; `elu` is not one of tanh, relu",
        "{'type':'rnn','hidden_size':3,'cell_state':true}; `cell_state`",
        "{'type':'layer_norm','normalized_shape':32}; key `normalized_shape`: 32, expected an array",
        "{'type':'linear','out_features':-1}; out_features -1",
        "{'type':'max_pool2d','kernel':2,'padding':'same'}; string \"same\", expected an integer or an array",
        "{'type':'avg_pool2d','kernel':2,'padding':[0,0,0,2]}; avg_pool2d: padding left 0, right 0, top 0, bottom 2",
        "{'type':'conv2d','out_channels':4,'kernel':3,'padding':'full'}; string \"full\", expected an integer",
        "{'type':'conv2d','out_channels':4,'kernel':3,'padding':[1,2,3]}; [left, right, top, bottom]",
        "{'type':'conv2d','out_channels':4,'kernel':3,'padding':-1}; layer 1: conv2d: padding -1x-1",
        "{'type':'conv2d','out_channels':4,'kernel':3,'padding':[0,0,0,-1]}; bottom -1",
        "{'type':'conv2d','out_channels':4,'kernel':3,'stride':2,'padding':'same'}; stride 2x2",
        "{'type':'zero_pad2d','padding':[1,2]}; an array of 2 values, expected [left, right",
        "{'type':'zero_pad2d','padding':-1}; layer 1: zero_pad2d: padding left -1",
        "{'type':'conv_transpose2d','out_channels':4,'kernel':3,'output_padding':1}; output_padding 1x1",
        "{'type':'relu','inputs':'input'}; key `inputs`: string `input`, expected an array",
        "{'type':'relu','inputs':[1]}; key `inputs`: 1, expected a string",
        "{'type':'relu','name':7}; key `name`: 7, expected a string",
        "{'type':'gelu','approximate':'erf'}; key `approximate`: `erf` is not one of none, tanh",
        "{'type':'gelu','approximate':true}; key `approximate`: true, expected a string",
        "{'type':'leaky_relu','slope':0.1}; key `slope`: unknown, expected one of inputs, name, negative_slope, type",
        "{'type':'elu','alpha':'1'}; key `alpha`: string `1`, expected a number",
        "{'type':'elu','alpha':0.7e613702164489633}; not JSON",
        "{'type':'elu','alpha':1e39}; layer 1: elu: alpha Infinity is not finite",
        "{'name':'\\ud800','type':'relu'}; not JSON: a string has an unpaired surrogate",
        "{'type':'softplus','beta':0}; layer 1: softplus: beta 0.0 is outside",
        "{'type':'relu','type':'relu'}; Duplicate field 'type'",
        "{'name':'c','type':'conv2d','out_channels':4,'kernel':3,'kernel':5}; at /layers/0/kernel",
        "7; layer 1: 7, expected an object"
      })
  void refusalsNameLayerAndKey(String layers, String message) {
    assertThatThrownBy(() -> NetworkJsonTest.read(layers.replace('\'', '"')))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("network: ")
        .hasMessageContaining(message.replace('`', '"'));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "[]; array, expected an object",
        "7; 7, expected an object",
        "``; nothing, expected an object",
        "{'input':[3],'layers':[]}; key `name` is missing",
        "{'name':'n','layers':[]}; key `input` is missing",
        "{'name':'n','input':[3]}; key `layers` is missing",
        "{'name':'n','input':[3],'layers':{}}; key `layers`: object, expected an array",
        "{'name':'n','input':[3],'layers':[],'version':2}; key `version`: unknown",
        "{'name':'n','input':[],'layers':[]}; key `input`: 0 dimensions",
        "{'name':'n','input':[1,1,1,1,1,1,1,1,1],'layers':[]}; key `input`: 9 dimensions",
        "{'name':'n','input':[0,3],'layers':[]}; key `input`: dimension 0",
        "{'name':'n','input':[4294967296],'layers':[]}; key `input`: dimension 4294967296",
        "{'name':'n','input':[2147483647,2147483647,2147483647],'layers':[]}; more than 2^53",
        "{'name':'n','input':[3],'layers':[]} x; not JSON",
        "{'name':'n','input':[3],'layers':[]; not JSON",
        "{name:'n'}; not JSON",
        "{'name':'n','input':[NaN],'layers':[]}; not JSON"
      })
  void refusesOtherTopLevels(String text, String message) {
    assertThatThrownBy(() -> NetworkJson.read(text.replace('\'', '"')))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(message.replace('`', '"'));
  }

  @Test
  void oneTaskIsForOneOutput() {
    String head =
        "{'name': 'n', 'input': [3], 'layers': [{'name': 'a', 'type': 'linear',"
            + " 'out_features': 2}, {'name': 'b', 'type': 'linear', 'out_features': 2}], ";
    for (String rest :
        List.of(
            "'outputs': ['a', 'b'], 'task': 'regression'}",
            "'task': 'regression', 'tasks': {'b': 'multi_label'}}")) {
      assertThatThrownBy(() -> NetworkJson.read((head + rest).replace('\'', '"')))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("key \"task\": it requires one output");
    }
  }

  @Test
  void layersThatDoNotFitAreTheNetworksShapeException() {
    assertThatThrownBy(
            () ->
                NetworkJsonTest.read(
                    "{\"name\": \"fc\", \"type\": \"max_pool2d\", \"kernel\": 99}"))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("layer fc");
    assertThatThrownBy(() -> NetworkJsonTest.read(""))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("no layers");
    assertThatThrownBy(
            () ->
                NetworkJsonTest.read(
                    "{\"type\": \"relu\", \"inputs\": [\"later\"]}, {\"name\": \"later\", \"type\": \"relu\"}"))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("later");
  }

  @Test
  void deepNestingAndHugeTextAreRefused() {
    for (String deep : new String[] {"[".repeat(1_000_000), "{\"a\":".repeat(1_000_000)}) {
      assertThatThrownBy(() -> NetworkJson.read(deep))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("nesting depth");
    }
    String huge = " ".repeat((16 << 20) + 1);
    assertThatThrownBy(() -> NetworkJson.read(huge))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("the limit is");
  }
}
