//! From a builder to the request that it stands for.

use proc_macro2::TokenStream;
use quote::quote;

use super::types::{emit_field_form, ident};
use crate::ir::{
    Body, Encoding, Form, Given, Member, Operation, PartKind, PathStyle, Placement, Presence,
    QueryStyle, Ty,
};

pub(super) fn emit_request(operation: &Operation) -> TokenStream {
    let steps = emit_steps(operation);
    if steps.is_empty() {
        return quote! {
            #[inline]
            fn request(&self) -> rt::Result<rt::Request> { Ok(rt::Request::new(Self::INFO)) }
        };
    }
    quote! {
        #[inline]
        fn request(&self) -> rt::Result<rt::Request> {
            let mut request = rt::Request::new(Self::INFO);
            #(#steps)*
            Ok(request)
        }
    }
}

fn emit_steps(operation: &Operation) -> Vec<TokenStream> {
    let (parts, others): (Vec<_>, Vec<_>) = operation
        .members
        .iter()
        .partition(|member| matches!(member.placement, Placement::Part(_)));
    let mut steps: Vec<TokenStream> = others.into_iter().map(emit_step).collect();
    match &operation.body {
        Body::None => {}
        Body::Members { encoding, .. } | Body::Whole { encoding, .. } => {
            steps.push(emit_body(encoding))
        }
        Body::Multipart => steps.push(emit_parts(&parts)),
    }
    steps
}

fn emit_step(member: &Member) -> TokenStream {
    let step = emit_placement(member);
    match member.given {
        Given::Argument | Given::Setter => step,
        Given::SetterOrDefault { required } => {
            let wire = &member.wire.0;
            quote!(#step request.default_query(#wire, &self.call, #required)?;)
        }
    }
}

fn emit_placement(member: &Member) -> TokenStream {
    let wire = &member.wire.0;
    let name = ident(&member.name);
    let form = || emit_field_form(wire, member.form, Presence::Optional);
    let natural = member.form == Form::Natural;
    match member.placement {
        Placement::Path(PathStyle::Simple) if natural => quote!(request.path(#wire, &self.#name)?;),
        Placement::Path(PathStyle::Simple) => {
            let form = form();
            quote!(request.path_field(#form, &self.#name)?;)
        }
        Placement::Path(style) => {
            let style = emit_path_style(style);
            quote!(request.path_styled(#wire, &self.#name, #style)?;)
        }
        Placement::Query(QueryStyle::Repeat) if natural => {
            quote!(request.query(#wire, &self.#name);)
        }
        Placement::Query(QueryStyle::Repeat) => {
            let form = form();
            quote!(request.query_field(#form, &self.#name);)
        }
        Placement::Query(style) => {
            let style = emit_query_style(style);
            quote!(request.query_styled(#wire, &self.#name, #style);)
        }
        Placement::QueryJson => quote!(request.query_json(#wire, &self.#name)?;),
        Placement::Header if natural => quote!(request.header(#wire, &self.#name)?;),
        Placement::Header => {
            let form = form();
            quote!(request.header_field(#form, &self.#name)?;)
        }
        Placement::Cookie => quote!(request.cookie(#wire, &self.#name)?;),
        Placement::Part(_) => quote!(),
    }
}

fn emit_path_style(style: PathStyle) -> TokenStream {
    match style {
        PathStyle::Simple => quote!(rt::PathStyle::Simple),
        PathStyle::SimpleExploded => quote!(rt::PathStyle::SimpleExploded),
        PathStyle::Label => quote!(rt::PathStyle::Label),
        PathStyle::LabelExploded => quote!(rt::PathStyle::LabelExploded),
        PathStyle::Matrix => quote!(rt::PathStyle::Matrix),
        PathStyle::MatrixExploded => quote!(rt::PathStyle::MatrixExploded),
    }
}

fn emit_query_style(style: QueryStyle) -> TokenStream {
    match style {
        QueryStyle::Repeat => quote!(rt::QueryStyle::Repeat),
        QueryStyle::Comma => quote!(rt::QueryStyle::Comma),
        QueryStyle::Space => quote!(rt::QueryStyle::Space),
        QueryStyle::Pipe => quote!(rt::QueryStyle::Pipe),
        QueryStyle::DeepObject => quote!(rt::QueryStyle::DeepObject),
        QueryStyle::Members => quote!(rt::QueryStyle::Members),
    }
}

fn emit_body(encoding: &Encoding) -> TokenStream {
    match encoding {
        Encoding::Json => quote!(request.json(&self.body)?;),
        Encoding::Form => quote!(request.form(&self.body)?;),
        Encoding::Text => quote!(request.text(&self.body);),
        Encoding::Bytes(content_type) => quote!(request.bytes(#content_type, self.body.clone());),
    }
}

fn emit_parts(parts: &[&Member]) -> TokenStream {
    let parts = parts.iter().map(|member| emit_part(member));
    quote!(request.multipart(vec![#(#parts),*]);)
}

fn emit_part(member: &Member) -> TokenStream {
    let wire = &member.wire.0;
    let name = ident(&member.name);
    match member.placement {
        Placement::Part(PartKind::File) if is_one(member) => {
            quote!(rt::Part::file(#wire, self.#name.clone()))
        }
        Placement::Part(PartKind::File) => quote!(rt::Part::files(#wire, self.#name.iter())),
        Placement::Part(PartKind::Json) => quote!(rt::Part::json(#wire, &self.#name)),
        _ => quote!(rt::Part::text(#wire, &self.#name)),
    }
}

fn is_one(member: &Member) -> bool {
    member.presence == Presence::Required && member.ty == Ty::File
}
