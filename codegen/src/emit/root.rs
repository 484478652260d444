//! `mod.rs`: the list of modules, the client's way to each handle, and what the runtime must know of the service.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs::emit_docs;
use super::print::{File, Piece};
use super::types::{Scope, emit_argument_ty, emit_conversion, emit_ty, ident};
use crate::ir::{Client, ClientDefault, Docs, Handle, Module, Name, Scheme, SchemeKind, Service};

pub(super) fn emit_root(client: &Client) -> String {
    let mut pieces = vec![
        Piece::Item(emit_modules(client)),
        Piece::Item(quote!(
            use crate::rt;
        )),
        emit_client(client),
    ];
    if !client.defaults.is_empty() {
        pieces.push(emit_defaults(client));
    }
    pieces.push(Piece::Item(emit_service(client)));
    let sources = [client.service.source.clone()];
    let docs = Docs(vec![format!(
        "The client of {}, one module a resource.",
        describe(&client.service)
    )]);
    let file = File {
        sources: &sources,
        docs: &docs,
        pieces,
    };
    file.print()
}

fn describe(service: &Service) -> String {
    if service.title.is_empty() {
        "the service".to_owned()
    } else {
        service.title.clone()
    }
}

fn emit_modules(client: &Client) -> TokenStream {
    let resources = client
        .resources
        .iter()
        .chain(&client.common)
        .map(|module| &module.name);
    let mut names: Vec<TokenStream> = resources.map(emit_module_line).collect();
    names.extend(client.events.as_ref().map(|_| {
        quote!(
            pub mod events;
        )
    }));
    names.extend((!client.errors.entries.is_empty()).then(|| {
        quote!(
            pub mod errors;
        )
    }));
    quote!(#(#names)*)
}

fn emit_module_line(name: &Name) -> TokenStream {
    let name = ident(name);
    quote!(pub mod #name;)
}

fn emit_client(client: &Client) -> Piece {
    let mut members = vec![quote! {
        /// Begins a client.
        #[inline]
        pub fn builder() -> rt::ClientBuilder {
            rt::ClientBuilder::new(&SERVICE)
        }
    }];
    let handles = client
        .resources
        .iter()
        .filter_map(|module| Some((module, module.handle.as_ref()?)));
    members.extend(handles.map(|(module, handle)| emit_accessor(module, handle)));
    Piece::Impl {
        head: quote!(impl rt::Client),
        members,
    }
}

fn emit_accessor(module: &Module, handle: &Handle) -> TokenStream {
    let docs = emit_docs(&handle.docs);
    let accessor = ident(&handle.accessor);
    let module = ident(&module.name);
    let name = ident(&handle.name);
    quote! {
        #docs
        #[inline]
        pub fn #accessor(&self) -> #module::#name {
            #module::#name::new(self.clone())
        }
    }
}

fn emit_defaults(client: &Client) -> Piece {
    let members = client.defaults.iter().map(emit_default).collect();
    Piece::Impl {
        head: quote!(impl rt::ClientBuilder),
        members,
    }
}

fn emit_default(default: &ClientDefault) -> TokenStream {
    let scope = Scope::root();
    let docs = emit_docs(&default.docs);
    let name = ident(&default.name);
    let wire = &default.wire.0;
    let ty = emit_argument_ty(&scope, &default.ty);
    let spelled = emit_ty(&scope, &default.ty);
    let value = emit_conversion(&default.ty, &format_ident!("value"));
    quote! {
        #docs
        #[inline]
        pub fn #name(self, value: #ty) -> Self {
            let value: #spelled = #value;
            self.default_query(#wire, &value)
        }
    }
}

fn emit_service(client: &Client) -> TokenStream {
    let name = &client.service.name;
    let base_urls = &client.service.base_urls;
    let operations = client.resources.iter().flat_map(emit_operation_names);
    let schemes = client.service.schemes.iter().map(emit_scheme);
    let mut extras = Vec::new();
    extras.extend((!client.service.schemes.is_empty()).then(|| quote!(schemes: &[#(#schemes),*])));
    extras
        .extend((!client.errors.entries.is_empty()).then(|| quote!(errors: &errors::ERROR_TABLE)));
    quote! {
        /// What the runtime must know of the service.
        pub static SERVICE: rt::Service = rt::Service {
            name: #name,
            base_urls: &[#(#base_urls),*],
            operations: &[#(#operations),*],
            #(#extras,)*
            ..rt::Service::EMPTY
        };
    }
}

fn emit_operation_names(module: &Module) -> Vec<TokenStream> {
    let name = ident(&module.name);
    let infos = module
        .operations
        .iter()
        .map(|operation| ident(&operation.info_name));
    infos.map(|info| quote!(&#name::#info)).collect()
}

fn emit_scheme(scheme: &Scheme) -> TokenStream {
    let name = &scheme.name;
    let kind = match &scheme.kind {
        SchemeKind::Bearer => quote!(Bearer),
        SchemeKind::Basic => quote!(Basic),
        SchemeKind::ApiKeyHeader(header) => quote!(ApiKeyHeader(#header)),
        SchemeKind::ApiKeyQuery(key) => quote!(ApiKeyQuery(#key)),
        SchemeKind::ApiKeyCookie(cookie) => quote!(ApiKeyCookie(#cookie)),
        SchemeKind::Outside => quote!(Outside),
    };
    quote!(rt::Scheme { name: #name, kind: rt::SchemeKind::#kind })
}
