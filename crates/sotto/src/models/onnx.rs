//! As much of ONNX as a converter reads: nodes with their inputs and whole-number attributes, and tensors.
//!
//! ONNX files are Protocol Buffers (onnx.proto3). The handful of fields that matter are read here straight from the
//! wire format; a generated reader would bring a code generator for the sake of ten fields.

use std::collections::HashMap;

use anyhow::{Context, Result, bail, ensure};

/// A model's graph.
#[derive(Default)]
pub(super) struct Graph<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    tensors: HashMap<&'a str, Tensor<'a>>,
}

/// One operation.
#[derive(Default)]
pub(super) struct Node<'a> {
    pub(super) name: &'a str,
    pub(super) operator: &'a str,
    pub(super) inputs: Vec<&'a str>,
    attributes: HashMap<&'a str, u64>,
}

/// A constant.
#[derive(Default)]
struct Tensor<'a> {
    kind: u64,
    dimensions: Vec<usize>,
    raw: &'a [u8],
    /// Small floats are written beside the raw octets.
    floats: Vec<f32>,
    whole: Vec<u64>,
}

const FLOAT: u64 = 1;
const OCTETS: u64 = 2;

impl<'a> Graph<'a> {
    pub(super) fn read(model: &'a [u8]) -> Result<Self> {
        let mut graph = Self::default();
        for (number, value) in fields(model)? {
            if let (7, Value::Octets(octets)) = (number, value) {
                graph.read_graph(octets)?;
            }
        }
        ensure!(!graph.nodes.is_empty(), "this is no ONNX model");
        Ok(graph)
    }

    fn read_graph(&mut self, octets: &'a [u8]) -> Result<()> {
        for (number, value) in fields(octets)? {
            match (number, value) {
                (1, Value::Octets(node)) => self.nodes.push(Node::read(node)?),
                (5, Value::Octets(tensor)) => {
                    let (name, tensor) = Tensor::read(tensor)?;
                    self.tensors.insert(name, tensor);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A tensor of floats with these dimensions.
    pub(super) fn floats(&self, name: &str, dimensions: &[usize]) -> Result<Vec<f32>> {
        let tensor = self.tensor(name, FLOAT, dimensions)?;
        let raw = tensor.raw.as_chunks().0.iter().map(|octets| f32::from_le_bytes(*octets));
        let values: Vec<f32> = if tensor.raw.is_empty() { tensor.floats.clone() } else { raw.collect() };
        ensure!(values.len() == dimensions.iter().product::<usize>(), "{name} has {} values", values.len());
        Ok(values)
    }

    /// A tensor of octets with these dimensions.
    pub(super) fn octets(&self, name: &str, dimensions: &[usize]) -> Result<Vec<u8>> {
        let tensor = self.tensor(name, OCTETS, dimensions)?;
        let whole = tensor.whole.iter().map(|value| u8::try_from(*value));
        let values = if tensor.raw.is_empty() {
            whole.collect::<Result<_, _>>().with_context(|| format!("{name} holds more than octets"))?
        } else {
            tensor.raw.to_vec()
        };
        ensure!(values.len() == dimensions.iter().product::<usize>(), "{name} has {} values", values.len());
        Ok(values)
    }

    fn tensor(&self, name: &str, kind: u64, dimensions: &[usize]) -> Result<&Tensor<'a>> {
        let tensor = self.tensors.get(name).with_context(|| format!("the model has no tensor {name}"))?;
        ensure!(
            tensor.kind == kind && tensor.dimensions == dimensions,
            "{name} is of kind {} and size {:?}",
            tensor.kind,
            tensor.dimensions
        );
        Ok(tensor)
    }
}

impl<'a> Node<'a> {
    fn read(octets: &'a [u8]) -> Result<Self> {
        let mut node = Self::default();
        for (number, value) in fields(octets)? {
            match (number, value) {
                (1, Value::Octets(input)) => node.inputs.push(text(input)?),
                (3, Value::Octets(name)) => node.name = text(name)?,
                (4, Value::Octets(operator)) => node.operator = text(operator)?,
                (5, Value::Octets(attribute)) => {
                    let (mut name, mut whole) = ("", None);
                    for (number, value) in fields(attribute)? {
                        match (number, value) {
                            (1, Value::Octets(octets)) => name = text(octets)?,
                            (3, Value::Number(value)) => whole = Some(value),
                            _ => {}
                        }
                    }
                    if let Some(whole) = whole {
                        node.attributes.insert(name, whole);
                    }
                }
                _ => {}
            }
        }
        Ok(node)
    }

    /// A whole-number attribute.
    pub(super) fn attribute(&self, name: &str) -> Result<usize> {
        let value = self.attributes.get(name).with_context(|| format!("{} has no {name}", self.name))?;
        Ok(usize::try_from(*value)?)
    }
}

impl<'a> Tensor<'a> {
    fn read(octets: &'a [u8]) -> Result<(&'a str, Self)> {
        let (mut name, mut tensor) = ("", Self::default());
        for (number, value) in fields(octets)? {
            match (number, value) {
                (1, Value::Number(size)) => tensor.dimensions.push(usize::try_from(size)?),
                (1, Value::Octets(packed)) => {
                    for size in numbers(packed)? {
                        tensor.dimensions.push(usize::try_from(size)?);
                    }
                }
                (2, Value::Number(kind)) => tensor.kind = kind,
                (4, Value::Octets(packed)) => {
                    tensor.floats = packed.as_chunks().0.iter().map(|x| f32::from_le_bytes(*x)).collect();
                }
                (4, Value::Four(octets)) => tensor.floats.push(f32::from_le_bytes(octets)),
                (5, Value::Number(whole)) => tensor.whole.push(whole),
                (5, Value::Octets(packed)) => tensor.whole = numbers(packed)?,
                (8, Value::Octets(octets)) => name = text(octets)?,
                (9, Value::Octets(raw)) => tensor.raw = raw,
                _ => {}
            }
        }
        Ok((name, tensor))
    }
}

/// A field's value on the wire.
pub(super) enum Value<'a> {
    Number(u64),
    Four([u8; 4]),
    Eight,
    Octets(&'a [u8]),
}

/// The fields of a message, in order.
pub(super) fn fields(mut rest: &[u8]) -> Result<Vec<(u64, Value<'_>)>> {
    let mut fields = Vec::new();
    while !rest.is_empty() {
        let key = number(&mut rest)?;
        let value = match key & 7 {
            0 => Value::Number(number(&mut rest)?),
            1 => take(&mut rest, 8).map(|_| Value::Eight)?,
            2 => {
                let length = usize::try_from(number(&mut rest)?)?;
                Value::Octets(take(&mut rest, length)?)
            }
            5 => Value::Four(take(&mut rest, 4)?.try_into()?),
            other => bail!("the model's file is damaged: wire type {other}"),
        };
        fields.push((key >> 3, value));
    }
    Ok(fields)
}

fn numbers(mut packed: &[u8]) -> Result<Vec<u64>> {
    let mut values = Vec::new();
    while !packed.is_empty() {
        values.push(number(&mut packed)?);
    }
    Ok(values)
}

fn number(rest: &mut &[u8]) -> Result<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let octet = take(rest, 1)?[0];
        value |= u64::from(octet & 0x7f) << shift;
        if octet < 0x80 {
            return Ok(value);
        }
    }
    bail!("the model's file is damaged: a number does not end")
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Result<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(count).context("the model's file ends too early")?;
    *rest = after;
    Ok(taken)
}

pub(super) fn text(octets: &[u8]) -> Result<&str> {
    std::str::from_utf8(octets).context("a name in the model is not UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(number: u8, content: &[u8]) -> Vec<u8> {
        let mut octets = vec![number << 3 | 2, u8::try_from(content.len()).unwrap()];
        octets.extend_from_slice(content);
        octets
    }

    fn model() -> Vec<u8> {
        let attribute = field(5, &[field(1, b"bits"), vec![3 << 3, 4]].concat());
        let node = field(1, &[field(1, b"x"), field(3, b"n"), field(4, b"MatMulNBits"), attribute].concat());
        let size = vec![1 << 3, 2, 2 << 3, 1];
        let tensor = field(5, &[size, field(8, b"t"), field(9, &[0, 0, 128, 63, 0, 0, 0, 64])].concat());
        field(7, &[node, tensor].concat())
    }

    #[test]
    fn nodes_attributes_and_tensors_are_read() {
        let model = model();
        let graph = Graph::read(&model).unwrap();
        let node = &graph.nodes[0];
        assert_eq!((node.name, node.operator, &*node.inputs), ("n", "MatMulNBits", &["x"][..]));
        assert_eq!(node.attribute("bits").unwrap(), 4);
        assert_eq!(graph.floats("t", &[2]).unwrap(), [1.0, 2.0]);
        assert!(graph.floats("t", &[3]).is_err() && graph.octets("t", &[2]).is_err());
    }

    #[test]
    fn a_file_that_is_cut_or_changed_is_refused_and_never_ends_the_program() {
        let model = model();
        for length in 0..model.len() {
            let _ = Graph::read(&model[..length]);
        }
        for at in 0..model.len() {
            let mut changed = model.clone();
            changed[at] ^= 0xff;
            let _ = Graph::read(&changed);
        }
        assert!(Graph::read(b"").is_err());
    }
}
