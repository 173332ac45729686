"""The way of the thesis' notebook for one photo, without clustering: `run.py` times it as a process of its own.

    python benches/peers/notebook.py --save vgg16.keras
    python benches/peers/notebook.py vgg16.keras photo.png

Section 4.2: a Keras model for each convolutional layer, which has the photo as input and the layer's feature maps as
output; then the gradients with TensorFlow's `GradientTape`, gated and pooled. What `--save` writes is VGG-16 with
random weights: the time does not depend on their values.
"""
import argparse, os

os.environ.update(
    TF_NUM_INTRAOP_THREADS="2", TF_NUM_INTEROP_THREADS="2", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES=""
)
import numpy as np
import tensorflow as tf
from PIL import Image
from tensorflow import keras

# What the notebook imports for clustering, which is timed apart.
from sklearn.cluster import AgglomerativeClustering
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.metrics import silhouette_score

SIDE, CLASSES = 256, 10


def network():
    """VGG-16's convolutions with dense layers behind them, as in Figure 14."""
    photo = keras.Input((SIDE, SIDE, 3))
    trunk = keras.applications.VGG16(weights=None, include_top=False, input_tensor=photo)
    return keras.Model(photo, keras.layers.Dense(CLASSES)(keras.layers.Flatten()(trunk.output)))


def explained(model, photo):
    """Feature maps and weights of every convolution."""
    found = []
    for layer in model.layers:
        if not isinstance(layer, keras.layers.Conv2D):
            continue
        maps = keras.Model(model.input, layer.output).predict(photo, verbose=0)
        both = keras.Model(model.input, [layer.output, model.output])
        with tf.GradientTape() as tape:
            activation, scores = both(photo)
            score = scores[:, tf.argmax(scores[0])]
        gradient = tape.gradient(score, activation)
        gated = tf.cast(activation > 0, gradient.dtype) * tf.cast(gradient > 0, gradient.dtype) * gradient
        found.append((maps, tf.reduce_mean(gated, (0, 1, 2)).numpy()))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?")
    parser.add_argument("photo", nargs="?")
    parser.add_argument("--save", metavar="FILE")
    arguments = parser.parse_args()
    if arguments.save:
        network().save(arguments.save)
        return
    model = keras.models.load_model(arguments.model)
    photo = Image.open(arguments.photo).convert("RGB").resize((SIDE, SIDE), Image.BILINEAR)
    found = explained(model, keras.applications.vgg16.preprocess_input(np.asarray(photo, np.float32)[None]))
    assert len(found) == 13 and all(len(weights) == maps.shape[-1] for maps, weights in found)


if __name__ == "__main__":
    main()
